//! The word that was probably meant.

/// `: did you mean "title"?`, or what `otherwise` says where no word is near.
pub(super) fn suggest<'w>(
    wrong: &str,
    words: impl Iterator<Item = &'w str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    let letters: Vec<char> = folded(wrong);
    let near = words.map(|word| (distance(&letters, &folded(word)), word)).min();
    match near {
        Some((distance, word)) if distance < letters.len() && distance * 3 <= letters.len().max(3) => {
            format!(": did you mean \"{word}\"?")
        }
        _ => otherwise(),
    }
}

fn folded(word: &str) -> Vec<char> {
    word.chars().map(|c| if c == '-' { '_' } else { c }).flat_map(char::to_lowercase).collect()
}

/// How many letters must be put in, taken out or changed, two that changed places counting as one.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut previous = None;
        for (j, &right) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&above, j) + usize::from(left != right)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            if j > 0 && last == Some(right) && previous == Some(left) {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            row.push(cost);
            previous = Some(right);
        }
        last = Some(left);
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}
