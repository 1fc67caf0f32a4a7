//! The index itself, with more things than an archive of the other tests has.

use std::sync::atomic::AtomicBool;

use uuid::Uuid;

use super::{
    SearchCounts, SearchKind,
    cursor::Cursor,
    entry::Entry,
    evaluate::{self, Found},
    fields::{ABSTRACT, SPEAKERS, TITLE},
    query::{Alternative, Condition, Query},
    request::Request,
    store::Store,
};
use crate::error::Result;

/// Words of titles. Some begin like others.
const WORDS: [&str; 9] = ["native", "histogram", "scaling", "scale", "thanos", "query", "the", "of", "naive"];

/// A sequence of numbers that is the same each time (an LCG with the constants of Numerical Recipes).
struct Numbers(u32);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % below
    }
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 * 0x9e37_79b9_7f4a_7c15)
}

/// An index of talks in several segments, with the titles.
fn index(talks: usize) -> Result<(Store, Vec<String>)> {
    let mut numbers = Numbers(1);
    let mut store = Store::in_memory()?;
    let mut titles = Vec::new();
    for number in 0..talks {
        let words: Vec<&str> = (0..2 + numbers.next(5)).map(|_| WORDS[numbers.next(WORDS.len())]).collect();
        titles.push(words.join(" "));
        let mut entry = Entry::new(SearchKind::Talk, id(number));
        entry.text(TITLE, [titles[number].clone()]);
        entry.text(SPEAKERS, [["Julius Volz", "Björn Rabenstein"][numbers.next(2)].to_owned()]);
        entry.text(ABSTRACT, [WORDS[numbers.next(WORDS.len())].to_owned()]);
        entry.facet("tag", ["Go", "go", "Rust"][number % 3]);
        entry.facet("year", (2016 + number % 2).to_string());
        entry.boost = 60 * numbers.next(3) as u32;
        store.add(vec![entry])?;
        if number % 700 == 699 {
            store.commit(None)?;
        }
    }
    store.commit(None)?;
    Ok((store, titles))
}

fn find(store: &Store, text: &str, first: usize, after: Option<Cursor>) -> Result<Found> {
    find_counted(store, text, first, after, SearchCounts { hits: true, facets: true })
}

fn find_counted(store: &Store, text: &str, first: usize, after: Option<Cursor>, counts: SearchCounts) -> Result<Found> {
    let (query, text) = (Query::read(text)?, text.to_owned());
    let request = Request { query, text, starts: None, in_names: false, first, after, counts };
    evaluate::find(&store.open(), &request, &AtomicBool::new(false))
}

#[test]
fn small_pages_are_the_parts_of_a_large_one() -> Result<()> {
    let (store, _) = index(3_000)?;
    for text in
        ["native histogram ", "the scaling of thanos ", "query", "volz native", "scal native -the", "year query nativ"]
    {
        let all = find(&store, text, 10_000, None)?;
        assert!(all.hits.len() as u64 == all.number && !all.has_more, "{text}");
        for size in [1, 7, 50, 333] {
            let mut hits = Vec::new();
            let mut after = None;
            // Pages of one hit are many; the first ones tell as much.
            for _ in 0..all.hits.len().div_ceil(size).min(40) {
                let page = find(&store, text, size, after.take())?;
                assert_eq!((page.number, page.hits.len() <= size), (all.number, true), "{text}");
                let Some(last) = page.hits.last() else { break };
                let (stage, weights) = (page.stage, page.weights.clone());
                after = Some(Cursor { search: 0, stage, score: last.score, id: last.id, weights });
                hits.extend(page.hits);
            }
            let right: Vec<_> = all.hits.iter().take(hits.len()).map(|hit| (hit.score, hit.id)).collect();
            let hits: Vec<_> = hits.iter().map(|hit| (hit.score, hit.id)).collect();
            assert!(hits == right && hits.len() >= all.hits.len().min(size * 40), "{text}, pages of {size}");
        }
    }
    Ok(())
}

#[test]
fn a_page_is_the_same_if_nothing_is_counted() -> Result<()> {
    let (store, _) = index(9_000)?;
    let mut numbers = Numbers(7);
    let mut filled = 0;
    for _ in 0..150 {
        let words: Vec<&str> = (0..1 + numbers.next(3)).map(|_| WORDS[numbers.next(WORDS.len())]).collect();
        let text = format!("{}{}", words.join(" "), ["", " ", " volz", " -naive"][numbers.next(4)]);
        let (mut after, size) = (None, 1 + numbers.next(40));
        for _ in 0..3 {
            let counted = find(&store, &text, size, after.clone())?;
            let page = find_counted(&store, &text, size, after, SearchCounts::default())?;
            let hits = |found: &Found| found.hits.iter().map(|hit| (hit.score, hit.id)).collect::<Vec<_>>();
            assert_eq!((hits(&page), page.has_more), (hits(&counted), counted.has_more), "{text}, {size}");
            filled += usize::from(page.number < counted.number);
            let Some(last) = page.hits.last() else { break };
            let (stage, weights) = (page.stage, page.weights.clone());
            after = Some(Cursor { search: 0, stage, score: last.score, id: last.id, weights });
        }
    }
    assert!(filled > 100, "{filled} pages were filled without abstracts");
    Ok(())
}

#[test]
fn all_that_has_the_words_is_found_and_counted() -> Result<()> {
    let (mut store, titles) = index(2_000)?;
    let gone: Vec<usize> = (0..titles.len()).step_by(7).collect();
    gone.iter().for_each(|number| store.remove(SearchKind::Talk, id(*number)));
    // Another kind of thing with the same id stays.
    store.remove(SearchKind::Speaker, id(1));
    store.commit(None)?;
    let found = find(&store, "\"naive\" \"thanos\"", 10_000, None)?;
    // Phrases of one word are found in abstracts as well, so titles are asked for.
    let has = |title: &str, word: &str| title.split(' ').any(|own| own == word);
    let in_titles =
        |number: &usize| !gone.contains(number) && ["naive", "thanos"].iter().all(|word| has(&titles[*number], word));
    let right: Vec<usize> = (0..titles.len()).filter(in_titles).collect();
    assert!(right.len() > 50);
    let ids: Vec<Uuid> = found.hits.iter().map(|hit| hit.id).collect();
    assert!(right.iter().all(|number| ids.contains(&id(*number))));
    assert!(gone.iter().all(|number| !ids.contains(&id(*number))));

    let counts = found.facets.and_then(|counts| counts.most_frequent("tag", 10)).unwrap_or_default();
    let number = |value: &str| counts.iter().find(|(known, _)| known == value).map(|(_, number)| u64::from(*number));
    // Two spellings of a tag are one value, in the spelling that more hits have.
    assert_eq!(counts.len(), 2, "{counts:?}");
    let go = number("Go").or(number("go"));
    assert_eq!(go.zip(number("Rust")).map(|(go, rust)| go + rust), Some(found.number));

    let any = vec![Alternative::TitleContains("ram the".to_owned())];
    let contains = Condition { any, ..Condition::default() };
    let query = Query { words: Vec::new(), conditions: vec![contains] };
    let (text, after, counts) = (String::new(), None, SearchCounts { hits: true, facets: false });
    let request = Request { query, text, starts: None, in_names: false, first: 10_000, after, counts };
    let found = evaluate::find(&store.open(), &request, &AtomicBool::new(false))?;
    let right =
        (0..titles.len()).filter(|number| !gone.contains(number) && titles[*number].contains("ram the")).count();
    assert_eq!((found.number, found.hits.len()), (right as u64, right));
    Ok(())
}

#[test]
fn the_beginning_of_a_rare_word_is_found_beside_other_words() -> Result<()> {
    let mut store = Store::in_memory()?;
    let mut titles: Vec<String> =
        (0..600).flat_map(|number| [format!("g{number:03}"), format!("g{number:03}")]).collect();
    titles.extend(["Education beyond Gutenberg".to_owned(), "Python for all".to_owned(), "Pythonistas".to_owned()]);
    for (number, title) in titles.iter().enumerate() {
        let mut entry = Entry::new(SearchKind::Talk, id(number));
        entry.text(TITLE, [title.clone()]);
        entry.language = Some("fr".to_owned());
        store.add(vec![entry])?;
    }
    store.commit(None)?;
    let first =
        |text: &str| -> Result<Option<Uuid>> { Ok(find(&store, text, 1, None)?.hits.first().map(|hit| hit.id)) };
    assert_eq!(first("education beyond g")?, Some(id(1_200)));
    // In French, `pythonis` has the stem of `python`. The beginning of a longer word is what is meant.
    assert_eq!(first("pythonis")?, Some(id(1_202)));
    Ok(())
}

#[test]
fn a_talk_is_found_beside_others_that_have_all_words_here_and_there() -> Result<()> {
    let mut store = Store::in_memory()?;
    let scattered = "Faster Python, programs and optimization, getting things started, JupyterLab, data, sparkles";
    let talks = [
        ("Getting Started with JupyterLab", "en"),
        ("Faster Python Programs", "en"),
        ("Introduction to Recommendation Systems", "es"),
        ("Effective Data Visualization", "en"),
        ("Colourful Sparkles by Malashkevich", "en"),
    ];
    let others = std::iter::repeat_n(("Something else", "en"), 150);
    for (number, (title, language)) in talks.into_iter().chain(others).enumerate() {
        let mut entry = Entry::new(SearchKind::Talk, id(number));
        entry.text(TITLE, [title.to_owned()]);
        entry.text(ABSTRACT, (number >= talks.len()).then(|| scattered.to_owned()));
        entry.language = Some(language.to_owned());
        store.add(vec![entry])?;
    }
    store.commit(None)?;
    for (text, number) in [
        ("getting started with jupyterlab talk", 0),
        ("about getting started with jupyterlab with", 0),
        // The whole title, and a word that only others have.
        ("faster python programs optimization", 1),
        ("recommendation system introduction ", 2),
        ("effective visualisation data ", 3),
        ("color sparkles ", 4),
        // The beginning of a name.
        ("malashke sparkles ", 4),
    ] {
        let found = find(&store, text, 5, None)?;
        assert_eq!(found.hits.first().map(|hit| hit.id), Some(id(number)), "{text}");
    }
    // What has all words in its abstract alone may have been meant. What lacks one comes behind.
    let found = find(&store, "python programs sparkles", 200, None)?;
    let ids: Vec<Uuid> = found.hits.iter().map(|hit| hit.id).collect();
    assert_eq!((found.number, ids.iter().position(|one| *one == id(1))), (151, Some(150)));
    Ok(())
}
