//! The graphics and text state that places glyphs, ISO 32000-2 sections 8.3, 8.4 and 9.3 to 9.4.

use super::layout::Baseline;

#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix {
    pub(super) a: f32,
    pub(super) b: f32,
    pub(super) c: f32,
    pub(super) d: f32,
    pub(super) e: f32,
    pub(super) f: f32,
}

impl Matrix {
    pub(super) const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// First `self`, then `next`.
    pub(super) fn then(&self, next: &Self) -> Self {
        Self {
            a: self.a * next.a + self.b * next.c,
            b: self.a * next.b + self.b * next.d,
            c: self.c * next.a + self.d * next.c,
            d: self.c * next.b + self.d * next.d,
            e: self.e * next.a + self.f * next.c + next.e,
            f: self.e * next.b + self.f * next.d + next.f,
        }
    }

    pub(super) fn moved(&self, x: f32, y: f32) -> Self {
        Self { e: x * self.a + y * self.c + self.e, f: x * self.b + y * self.d + self.f, ..*self }
    }

    pub(super) fn of(numbers: &[f32]) -> Option<Self> {
        let [a, b, c, d, e, f] = *numbers else {
            return None;
        };
        Some(Self { a, b, c, d, e, f })
    }
}

/// The part of the graphics state that places text.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) ctm: Matrix,
    pub(super) font: Option<usize>,
    pub(super) size: f32,
    pub(super) char_spacing: f32,
    pub(super) word_spacing: f32,
    /// Horizontal scaling, 1 = 100 %.
    pub(super) scaling: f32,
    pub(super) leading: f32,
    pub(super) rise: f32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            ctm: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            char_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// Where the next glyph goes.
pub(super) struct Pen {
    pub(super) baseline: Baseline,
    /// Place along the baseline, in device space.
    pub(super) at: f32,
    /// Moved since the start, in text space.
    pub(super) moved: f32,
    /// Device units along the baseline per text space unit; negative if text runs against its axis.
    pub(super) scale: f32,
    /// Horizontal scaling, as far as it applies.
    pub(super) stretch: f32,
    /// Character spacing that is not part of the glyphs.
    pub(super) loose: f32,
}

impl Pen {
    pub(super) fn new(state: &State, tm: &Matrix, vertical: bool) -> Self {
        let m = tm.moved(0.0, state.rise).then(&state.ctm);
        let (axis, other) = if vertical { ((m.c, m.d), (m.a, m.b)) } else { ((m.a, m.b), (m.c, m.d)) };
        let length = axis.0.hypot(axis.1).max(1e-9);
        let stretch = if vertical { 1.0 } else { state.scaling };
        // Glyphs of a vertical font go down, those of a negative size backwards.
        let forward = if (state.size * stretch < 0.0) == vertical { 1.0 } else { -1.0 };
        let direction = (forward * axis.0 / length, forward * axis.1 / length);
        let at = m.e * direction.0 + m.f * direction.1;
        let across = m.f * direction.0 - m.e * direction.1;
        let size = |unit: f32| {
            if state.size == 0.0 { unit } else { unit * state.size.abs() }
        };
        let em = size(length) * if stretch == 0.0 { 1.0 } else { stretch.abs() };
        let height = size(other.0.hypot(other.1));
        let baseline = Baseline { direction, across, height, em };
        Self { baseline, at, moved: 0.0, scale: forward * length, stretch, loose: 0.0 }
    }

    /// Moves on by a distance in text space.
    pub(super) fn step(&mut self, distance: f32) {
        self.moved += distance;
        self.at += distance * self.scale;
    }
}
