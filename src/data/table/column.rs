//! One column of a table.

/// How a categorical column becomes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One feature: the number of the category. For labels, embeddings, and categories with an order.
    Index,
    /// One feature for each category, 1 at its own and 0 elsewhere.
    OneHot,
}

impl Encoding {
    /// Appends the features that a value has: a number, if there are no categories.
    pub(super) fn push(self, value: f64, categories: usize, to: &mut Vec<f32>) {
        match (self, categories) {
            (_, 0) | (Self::Index, _) => to.push(value as f32),
            (Self::OneHot, count) => to.extend((0..count).map(|category| if category as f64 == value { 1.0 } else { 0.0 })),
        }
    }
}

/// A column: numbers, or categories by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub(super) name: String,
    pub(super) values: Vec<f64>,
    pub(super) categories: Vec<String>,
    pub(super) encoding: Encoding,
    pub(super) fill: Option<f64>,
}

/// The most classes of a label.
pub(super) const MOST_CLASSES: f64 = 65_535.0;

impl Column {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values, one a row: numbers, or the places of [`categories`](Self::categories).
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The categories, sorted; none for a column of numbers.
    #[must_use]
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// What missing values were filled with, if any were.
    #[must_use]
    pub fn fill(&self) -> Option<f64> {
        self.fill
    }

    pub(super) fn feature_names(&self) -> Vec<String> {
        match (self.encoding, &self.categories[..]) {
            (_, []) | (Encoding::Index, _) => vec![self.name.clone()],
            (Encoding::OneHot, categories) => categories.iter().map(|category| format!("{}={category}", self.name)).collect(),
        }
    }

    pub(super) fn push_features(&self, row: usize, to: &mut Vec<f32>) {
        self.encoding.push(self.values[row], self.categories.len(), to);
    }

    /// The class of each row, and the names of the classes.
    pub(super) fn classes(&self) -> Result<(Vec<u32>, Vec<String>), String> {
        if let Some(wrong) = self.values.iter().find(|value| !(value.fract() == 0.0 && (0.0..=MOST_CLASSES).contains(*value))) {
            return Err(format!("{wrong} is not the number of a class, a whole number from 0 to {MOST_CLASSES}"));
        }
        let labels: Vec<u32> = self.values.iter().map(|&value| value as u32).collect();
        let names = match &self.categories[..] {
            [] => (0..=labels.iter().copied().max().unwrap_or(0)).map(|class| class.to_string()).collect(),
            categories => categories.to_vec(),
        };
        Ok((labels, names))
    }
}
