//! Who does what, where and with which device: what a proxy or a cloud app tells about a request.

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// What a user does. The words of session and activity policies of cloud access brokers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Activity {
    /// A file comes to the user.
    #[default]
    Download,
    /// A file leaves the user.
    Upload,
    /// Text is put into a page.
    Paste,
    /// Text is taken out of a page.
    Copy,
    /// Text is moved out of a page.
    Cut,
    /// A page goes to a printer.
    Print,
    /// A chat message, a mail or a post is sent.
    Message,
    /// Access is given to somebody.
    Share,
    /// Access is taken away.
    Unshare,
    /// Something is looked at.
    View,
    /// Something new is made.
    Create,
    /// Something is changed.
    Edit,
    /// Something is removed.
    Delete,
    /// Somebody signs in.
    Login,
    /// An app is given rights.
    Consent,
    /// Settings are changed, an inbox rule among them.
    Configure,
}

impl Activity {
    /// Every activity, in order.
    pub const ALL: &'static [Self] = &[
        Self::Download,
        Self::Upload,
        Self::Paste,
        Self::Copy,
        Self::Cut,
        Self::Print,
        Self::Message,
        Self::Share,
        Self::Unshare,
        Self::View,
        Self::Create,
        Self::Edit,
        Self::Delete,
        Self::Login,
        Self::Consent,
        Self::Configure,
    ];

    /// The word used in policies and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Upload => "upload",
            Self::Paste => "paste",
            Self::Copy => "copy",
            Self::Cut => "cut",
            Self::Print => "print",
            Self::Message => "message",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::Configure => "configure",
        }
    }

    /// The activity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == name)
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The circumstances of one request. What is not known is empty or `None`, and a filter on it does not hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Situation {
    /// What is done; `None` for files at rest.
    pub activity: Option<Activity>,
    /// The app, by a name of the proxy's or by the host of the address.
    pub app: Option<String>,
    /// The user's name, usually an address.
    pub user: Option<String>,
    /// Groups the user is in.
    pub groups: Vec<String>,
    /// Whether the user is from outside of the organization.
    pub external: Option<bool>,
    /// What is known of the device: `compliant`, `hybrid-joined`, `certificate`; none of them = unmanaged.
    pub device_tags: Vec<String>,
    /// Operating system of the device: `windows`, `macos`, `linux`, `ios`, `android` …
    pub platform: Option<String>,
    /// `browser` or `native`.
    pub client: Option<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Country, as two letters of ISO 3166-1.
    pub location: Option<String>,
    /// When it happened; the decision reads no clock of its own.
    pub time: Option<SystemTime>,
    /// Address of what is asked for, without credentials, query and fragment.
    pub url: Option<String>,
    /// Further fields, as the front end was told to pass on: name and value.
    pub fields: Vec<(String, String)>,
}
