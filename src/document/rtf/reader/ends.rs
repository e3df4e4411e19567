//! What destinations open, and what their ends make of what was read.

use super::{Opened, Reader, Sink, State};
use crate::blob::{Family, Gap, Kind};
use crate::document::rtf::destination::{Aside, Captured, Data, Destination};
use crate::document::rtf::field;
use crate::document::rtf::flow::Flow;
use crate::document::rtf::object::{self, Picture};
use crate::document::{Area, Document};

impl Reader<'_, '_> {
    pub(super) fn enter(&mut self, destination: Destination) {
        // One group is one destination; and nothing leads out of binary data.
        if self.state.opened != Opened::Nothing || self.stack.is_empty() {
            return;
        }
        match destination {
            Destination::Through => {}
            Destination::Skip => self.state.sink = Sink::Skip,
            Destination::Fonts => self.state.sink = Sink::Fonts,
            Destination::Html => {
                if self.html.is_some() {
                    self.state.sink = Sink::Html;
                    self.state.html_hidden = false;
                } else {
                    self.state.sink = Sink::Skip;
                }
            }
            Destination::Twice => {
                self.state.around = self.state.sink;
                self.state.sink = Sink::Twice;
            }
            Destination::Captured(what) => {
                self.captures.push(String::new());
                self.state.sink = Sink::Capture;
                self.state.opened = Opened::Capture(what);
            }
            Destination::Aside(what) => {
                let area = match what {
                    Aside::Header => Area::Header,
                    Aside::Footer => Area::Footer,
                    Aside::Footnote => Area::Footnote,
                    Aside::Comment => Area::Comment,
                    Aside::Box => self.flows.last().map_or(Area::Body, |flow| flow.area),
                };
                self.flows.push(Flow::new(area));
                self.state = State {
                    sink: Sink::Flow,
                    opened: Opened::Aside(what),
                    in_table: false,
                    level: 0,
                    hidden: false,
                    deleted: false,
                    ..self.state
                };
            }
            Destination::Data(what) => {
                if self.state.sink == Sink::Data {
                    return;
                }
                self.data.clear();
                self.nibble = None;
                self.picture = Picture::File;
                self.state.sink = Sink::Data;
                self.state.opened = Opened::Data(what);
            }
        }
    }

    pub(super) fn end_aside(&mut self, _what: Aside) {
        if self.flows.len() < 2 {
            return;
        }
        if let Some(mut flow) = self.flows.pop() {
            flow.end();
            if !flow.text.is_empty() {
                self.asides.push(flow);
            }
        }
    }

    pub(super) fn end_capture(&mut self, what: Captured, out: &mut Document<'_>) {
        let Some(text) = self.captures.pop() else { return };
        let mut metadata = |text: &str| self.notes.push((Area::Metadata, text.to_owned()));
        match what {
            Captured::Property | Captured::Variable => metadata(&text),
            Captured::PropertyName => self.property_name = text,
            Captured::PropertyValue => {
                let name = std::mem::take(&mut self.property_name);
                metadata(&format!("{name}: {text}"));
                out.properties.custom.push((name, text));
            }
            Captured::Instruction => {
                let (texts, shown) = field::read(&text);
                texts.iter().for_each(|text| metadata(text));
                if let Some(shown) = shown {
                    self.emit(&shown);
                }
            }
            Captured::ShapeName => self.shape_name = text,
            Captured::ShapeValue => match self.shape_name.trim() {
                "wzDescription" | "wzTooltip" => metadata(&text),
                "gtextUNICODE" => self.asides.push(drawn(&text)),
                _ => {}
            },
            Captured::Names => {
                text.split(';').map(str::trim).filter(|name| *name != "Unknown").for_each(metadata);
            }
            Captured::Unknown if is_written(&text) => self.notes.push((Area::Hidden, text)),
            Captured::Unknown => {}
        }
    }

    pub(super) fn end_data(&mut self, what: Data, out: &mut Document<'_>) {
        let data = std::mem::take(&mut self.data);
        if data.is_empty() || !self.wants_text {
            return;
        }
        if let Err(reason) = self.budget.unpack(data.len() as u64) {
            return out.gaps.push(Gap::new(reason, "", "embedded data"));
        }
        match what {
            Data::Picture => {
                self.pictures = self.pictures.saturating_add(1);
                object::picture(self.picture, data, self.pictures, out);
            }
            Data::Object => {
                self.objects = self.objects.saturating_add(1);
                object::object(&data, self.objects, out, &mut self.notes);
            }
            Data::Store => object::store(&data, self.budget, out),
        }
    }
}

/// Text that is drawn as a picture of letters.
fn drawn(text: &str) -> Flow {
    let mut flow = Flow::new(Area::Body);
    flow.push(text, Area::Body, 0);
    flow.end();
    flow
}

/// Whether the text of an unknown destination is text: binary data in digits and numbers of versions are not.
fn is_written(text: &str) -> bool {
    let long = |word: &str| word.len() > 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    Kind::of(text.as_bytes()).family() == Family::Text
        && text.split_whitespace().any(|word| word.chars().count() > 2 && !long(word))
}
