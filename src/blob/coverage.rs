//! What a reader reads of its format: the cells of the coverage matrix in `docs/formats.md`.

macro_rules! aspects {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Something that a format may carry: a column of the coverage matrix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Aspect { $($(#[$doc])* $name,)* }

        impl Aspect {
            /// Every aspect, in the order of the matrix.
            pub const ALL: &'static [Aspect] = &[$(Aspect::$name,)*];

            /// The word that stands for it in the matrix and in the facts of the corpus.
            pub const fn name(self) -> &'static str {
                match self { $(Aspect::$name => $word,)* }
            }
        }
    };
}

aspects! {
    /// The main text, tables included.
    Body = "body",
    /// Page or slide headers and footers; header fields of mail.
    Headers = "headers",
    /// Footnotes, endnotes, speaker notes.
    Notes = "notes",
    /// Comments and annotations.
    Comments = "comments",
    /// Hidden text, rows, sheets, slides.
    Hidden = "hidden",
    /// Text of tracked changes and of earlier states.
    Changes = "changes",
    /// Text boxes, shapes, charts, diagrams.
    Drawings = "drawings",
    /// Form fields and their values.
    Forms = "forms",
    /// Properties, alternative texts, link targets.
    Metadata = "metadata",
    /// Names of members and attachments.
    Names = "names",
    /// Files inside: members, attachments, embedded objects.
    Embedded = "embedded",
    /// Source text of macros and scripts.
    Macros = "macros",
    /// Sensitivity labels.
    Labels = "labels",
    /// Encrypted content, opened with a password that was given (or is known to all).
    Passwords = "passwords",
    /// Text in pictures.
    Pictures = "pictures",
}

/// What is read of one format. Aspects in neither list do not exist in the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Aspects that are read; each is proven by a document of the corpus (`reads ASPECT …` in its `.expect`).
    pub read: &'static [Aspect],
    /// Aspects that are not read and leave a gap; each is proven too (`misses ASPECT REASON`).
    pub gap: &'static [Aspect],
    /// What the format is read by: specification and sections, in a few words.
    pub source: &'static str,
}

impl Coverage {
    /// Of a kind without a reader: printable strings are carved, and a gap says so.
    pub const CARVED: Self = Self { read: &[], gap: &[Aspect::Body], source: "none; printable text is carved" };

    /// `read`, `gap` or `–` (not applicable).
    pub fn of(&self, aspect: Aspect) -> &'static str {
        if self.read.contains(&aspect) {
            "read"
        } else if self.gap.contains(&aspect) {
            "gap"
        } else {
            "–"
        }
    }
}
