//! Lists of an archive that is large enough to tell: each filter in each order is read by an index, whichever way is
//! chosen, and all ways lead to the same rows.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{path::PathBuf, sync::Mutex};

use plan::explain;
use sea_orm::{
    Database, EntityName, Statement,
    sea_query::{Alias, Expr, Query},
};
use test_attributes::on_both_databases;

use super::{
    facet::Way,
    page::{Cursor, List, PageArguments},
    parent::Parent,
    *,
};
use crate::{
    archive::tests::postgres,
    database::{among_videos, connect, migrate},
    http::cache::{RevisionScope, revision_of},
    resource::{
        appearance::{AppearancesOfSpeaker, AppearancesOfTalk},
        company::{Company, CompanyFilter, CompanyOrderField},
        edition::{Edition, EditionFilter, EditionOrderField},
        recording::{Recording, RecordingFilter, RecordingOrderField, TalkRecordingsOfRecording, TalkRecordingsOfTalk},
        slot::SlotsOfTalk,
        speaker::{CompaniesOfSpeaker, EditionsOfSpeaker, Speaker, SpeakerFilter, SpeakerOrderField},
        stats::StatsOfEdition,
        talk::{ReplacementsOfTalk, TagsOfTalk, Talk, TalkFilter, TalkOrderField, TalksOfBlock},
    },
    vocabulary::{EditionStatus, RecordingKind, RecordingProvider, TalkKind, TalkStatus},
};

mod plan;
mod seed;

#[derive(Clone, Copy)]
enum Backend {
    Sqlite,
    Postgres,
}

fn texts<const N: usize>(texts: [&str; N]) -> Option<Vec<String>> {
    Some(texts.map(str::to_owned).to_vec())
}

/// Filters, each with what it is about.
macro_rules! filters {
    ($filter:ident: $($about:literal { $($field:ident: $value:expr),* })+) => {
        vec![$(($about, $filter { $($field: $value,)* ..$filter::default() })),+]
    };
}

fn of_talks() -> Vec<(&'static str, TalkFilter)> {
    let language = |tag: &str| vec![tag.parse().unwrap()];
    filters! { TalkFilter:
        "all" {}
        "a conference of a hundred editions" { conference: texts(["conf-0"]) }
        "a small conference" { conference: texts(["conf-7"]) }
        "no conference" { conference: texts(["nothing"]) }
        "an edition" { edition: texts(["edition-7"]) }
        "two editions" { edition: texts(["edition-7", "edition-8"]) }
        "a year" { year: Some(vec![2010]) }
        "many years" { year: Some((2005..2015).collect()) }
        "no year" { year: Some(vec![1999]) }
        "a speaker" { speaker: texts(["speaker-0"]) }
        "a large company" { company: texts(["company-0"]) }
        "a small company" { company: texts(["company-7"]) }
        "a common kind" { kind: Some(vec![TalkKind::Talk]) }
        "a rare kind" { kind: Some(vec![TalkKind::Demo]) }
        "a kind that no talk has" { kind: Some(vec![TalkKind::Workshop]) }
        "two kinds" { kind: Some(vec![TalkKind::Talk, TalkKind::Demo]) }
        "a common status" { status: Some(vec![TalkStatus::Confirmed]) }
        "a rare status" { status: Some(vec![TalkStatus::Withdrawn]) }
        "each status" { status: Some(vec![TalkStatus::Confirmed, TalkStatus::Cancelled, TalkStatus::Withdrawn]) }
        "a common language" { language: Some(language("en")) }
        "a rare language" { language: Some(language("ja")) }
        "a language that nobody speaks" { language: Some(language("xx")) }
        "two languages" { language: Some(vec!["de".parse().unwrap(), "ja".parse().unwrap()]) }
        "a track of each edition" { track: texts(["ops"]) }
        "a track of one edition" { track: texts(["track-21"]) }
        "a room of each edition" { room: texts(["hall"]) }
        "a room of one edition" { room: texts(["cellar-20"]) }
        "a common tag" { tag: texts(["tag-1"]) }
        "a rare tag" { tag: texts(["rare"]) }
        "tags" { tag: texts(["tag-1", "tag-2", "rare"]) }
        "with a recording" { has_recording: Some(true) }
        "without a recording" { has_recording: Some(false) }
        "with slides" { has_slides: Some(true) }
        "without slides" { has_slides: Some(false) }
        "after a time" { starts_at_or_after: "2006-01-01T00:00:00Z".parse().ok() }
        "after the last talk but few" { starts_at_or_after: "2024-06-01T00:00:00Z".parse().ok() }
        "before a time" { starts_before: "2006-01-01T00:00:00Z".parse().ok() }
        "within a year" {
            starts_at_or_after: "2012-01-01T00:00:00Z".parse().ok(),
            starts_before: "2013-01-01T00:00:00Z".parse().ok()
        }
        "an edition's kind" { edition: texts(["edition-7"]), kind: Some(vec![TalkKind::Talk]) }
        "an edition's track" { edition: texts(["edition-10"]), track: texts(["ops"]) }
        "an edition's room" { edition: texts(["edition-10"]), room: texts(["hall"]) }
        "a conference's kind" { conference: texts(["conf-0"]), kind: Some(vec![TalkKind::Demo]) }
        "a conference in a year" { conference: texts(["conf-0"]), year: Some(vec![2010]) }
        "a speaker in a year" { speaker: texts(["speaker-0"]), year: Some(vec![2010]) }
        "a company at a conference" { company: texts(["company-0"]), conference: texts(["conf-0"]) }
        "a tag in a year" { tag: texts(["tag-1"]), year: Some(vec![2010]) }
        "a tag in a language" { tag: texts(["tag-1"]), language: Some(language("en")) }
        "a kind in a language" { kind: Some(vec![TalkKind::Keynote]), language: Some(language("de")) }
        "a common kind in a common language" {
            kind: Some(vec![TalkKind::Talk, TalkKind::Keynote]), language: Some(language("en"))
        }
        "a common kind in common years" { kind: Some(vec![TalkKind::Talk]), year: Some((2005..2015).collect()) }
        "recordings of a common kind after a time" {
            has_recording: Some(true), kind: Some(vec![TalkKind::Talk]),
            starts_at_or_after: "2006-01-01T00:00:00Z".parse().ok()
        }
        "a title of a common kind" { title_contains: Some("Talk".to_owned()), kind: Some(vec![TalkKind::Talk]) }
        "recorded in a year" { has_recording: Some(true), year: Some(vec![2010]) }
        "keynotes with slides, which there are none" { kind: Some(vec![TalkKind::Keynote]), has_slides: Some(true) }
        "what two common conditions have, which is little" {
            has_recording: Some(false), kind: Some(vec![TalkKind::Talk, TalkKind::Demo]), language: Some(language("de"))
        }
        "a title that no talk has" { title_contains: Some("nothing".to_owned()) }
        "a title that all talks have" { title_contains: Some("Talk".to_owned()) }
        "a title in a year" { title_contains: Some("nothing".to_owned()), year: Some(vec![2010]) }
        "slides after a time" { has_slides: Some(true), starts_at_or_after: "2006-01-01T00:00:00Z".parse().ok() }
    }
}

fn of_recordings() -> Vec<(&'static str, RecordingFilter)> {
    filters! { RecordingFilter:
        "all" {}
        "a conference" { conference: texts(["conf-0"]) }
        "an edition" { edition: texts(["edition-7"]) }
        "a year" { year: Some(vec![2010]) }
        "many years" { year: Some((2005..2015).collect()) }
        "a speaker" { speaker: texts(["speaker-0"]) }
        "a large company" { company: texts(["company-0"]) }
        "a small company" { company: texts(["company-7"]) }
        "a common kind" { kind: Some(vec![RecordingKind::Talk]) }
        "a rare kind" { kind: Some(vec![RecordingKind::Recap]) }
        "a common provider" { provider: Some(vec![RecordingProvider::Youtube]) }
        "two providers" { provider: Some(vec![RecordingProvider::Youtube, RecordingProvider::MediaCcc]) }
        "no provider" { provider: Some(vec![RecordingProvider::Other]) }
        "with a talk" { has_talk: Some(true) }
        "without a talk" { has_talk: Some(false) }
        "since a day" { published_on_or_after: "2006-01-01".parse().ok() }
        "a year's kind" { year: Some(vec![2010]), kind: Some(vec![RecordingKind::Talk]) }
        "a conference in a year" { conference: texts(["conf-0"]), year: Some(vec![2010]) }
        "a conference in common years" { conference: texts(["conf-0"]), year: Some((2005..2015).collect()) }
        "a provider with talks" { provider: Some(vec![RecordingProvider::Youtube]), has_talk: Some(true) }
        "talks of common years since a day" {
            year: Some((2005..2015).collect()), has_talk: Some(true), published_on_or_after: "2006-01-01".parse().ok()
        }
    }
}

fn of_speakers() -> Vec<(&'static str, SpeakerFilter)> {
    filters! { SpeakerFilter:
        "all" {}
        "a conference" { conference: texts(["conf-0"]) }
        "a small conference" { conference: texts(["conf-7"]) }
        "an edition" { edition: texts(["edition-7"]) }
        "a year" { year: Some(vec![2010]) }
        "many years" { year: Some((2005..2015).collect()) }
        "groups" { is_group: Some(true) }
        "people" { is_group: Some(false) }
        "a large company" { company: texts(["company-0"]) }
        "a small company" { company: texts(["company-7"]) }
        "a conference in a year" { conference: texts(["conf-0"]), year: Some(vec![2010]) }
        "a company in a year" { company: texts(["company-0"]), year: Some(vec![2010]) }
    }
}

fn of_companies() -> Vec<(&'static str, CompanyFilter)> {
    filters! { CompanyFilter:
        "all" {}
        "a conference" { conference: texts(["conf-0"]) }
        "an edition" { edition: texts(["edition-7"]) }
        "a year" { year: Some(vec![2010]) }
        "many years" { year: Some((2005..2015).collect()) }
        "sponsors" { sponsor_of: texts(["edition-7"]) }
        "sponsors in a year" { sponsor_of: texts(["edition-7"]), year: Some(vec![2010]) }
    }
}

fn of_editions() -> Vec<(&'static str, EditionFilter)> {
    filters! { EditionFilter:
        "all" {}
        "a conference" { conference: texts(["conf-0"]) }
        "a year" { year: Some(vec![2010]) }
        "two years" { year: Some(vec![2010, 2011]) }
        "a country" { country: Some(vec!["DE".parse().unwrap()]) }
        "a city" { city: texts(["city-7"]) }
        "a common status" { status: Some(vec![EditionStatus::Concluded]) }
        "a rare status" { status: Some(vec![EditionStatus::Cancelled, EditionStatus::Live]) }
        "since a day" { starts_on_or_after: "2010-01-01".parse().ok() }
        "a country in a year" { country: Some(vec!["DE".parse().unwrap()]), year: Some(vec![2011]) }
    }
}

#[on_both_databases]
#[tokio::test]
async fn lists_are_read_by_indexes(backend: Backend) {
    let (database, file) = new_database(backend).await;
    // PostgreSQL makes statistics by itself. SQLite has none.
    if matches!(backend, Backend::Postgres) {
        vacuum(&database).await;
        let jit = Statement::from_string(DbBackend::Postgres, "SHOW jit");
        let jit: String = database.query_one_raw(jit).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        assert_eq!(jit, "off", "to compile a plan takes longer than any statement here");
    }
    every_list(&database).await;
    database.close().await.unwrap();
    if let Some(file) = file {
        std::fs::remove_file(file).unwrap();
    }
}

async fn every_list(database: &DatabaseConnection) {
    use {RecordingOrderField as R, TalkOrderField as T};
    let mut faults = Vec::new();
    faults.extend(list::<Talk>(database, of_talks(), &[T::StartsAt, T::Title, T::UpdatedAt]).await);
    faults.extend(
        list::<Recording>(database, of_recordings(), &[R::PublishedAt, R::Title, R::Duration, R::UpdatedAt]).await,
    );
    let by = [SpeakerOrderField::Name, SpeakerOrderField::TalkCount];
    faults.extend(list::<Speaker>(database, of_speakers(), &by).await);
    let by = [CompanyOrderField::Name, CompanyOrderField::TalkCount];
    faults.extend(list::<Company>(database, of_companies(), &by).await);
    let by = [EditionOrderField::StartsOn, EditionOrderField::Name];
    faults.extend(list::<Edition>(database, of_editions(), &by).await);
    faults.extend(videos(database).await);
    faults.extend(lists_within(database).await);
    faults.extend(relations(database).await);
    faults.extend(revisions(database).await);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

/// What is wrong with the plan by which recordings are found by their providers and ids.
async fn videos(database: &DatabaseConnection) -> Vec<String> {
    let backend = crate::database::backend(database);
    let (providers, ids) = (["YOUTUBE".to_owned()], ["key-1".to_owned(), "key-3".to_owned()]);
    let mut select = Recording::projection(LongTexts::Left);
    select.and_where(among_videos(backend, providers, ids));
    let plan = explain(database, backend.build(&select)).await;
    plan.faults("recording", false).iter().map(|fault| format!("recordings by their keys: {fault}\n{plan}")).collect()
}

/// What is wrong with the plans of lists within parents. These are few rows of a large archive, so they may be sorted.
async fn lists_within(database: &DatabaseConnection) -> Vec<String> {
    use Parent as P;
    let mut faults = Vec::new();
    faults.extend(within::<Edition>(P::Conference, EditionOrderField::StartsOn, database).await);
    faults.extend(within::<Talk>(P::Edition, TalkOrderField::StartsAt, database).await);
    faults.extend(within::<Talk>(P::Speaker, TalkOrderField::StartsAt, database).await);
    faults.extend(within::<Talk>(P::Company, TalkOrderField::Title, database).await);
    faults.extend(within::<Recording>(P::Edition, RecordingOrderField::PublishedAt, database).await);
    faults.extend(within::<Speaker>(P::Edition, SpeakerOrderField::Name, database).await);
    faults.extend(within::<Speaker>(P::Company, SpeakerOrderField::TalkCount, database).await);
    faults.extend(within::<Company>(P::Edition, CompanyOrderField::Name, database).await);
    faults
}

/// What is wrong with the plans of relations of a few things.
async fn relations(database: &DatabaseConnection) -> Vec<String> {
    let statements: Arc<Mutex<Vec<Statement>>> = Arc::default();
    let (mut watched, seen) = (database.clone(), statements.clone());
    watched.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.clone()));
    let reads = Arc::new(reads(&watched));
    let mut faults = Vec::new();
    macro_rules! load {
        ($($relation:ident)+) => {$(
            let keys = [1, 2].map(|number| $relation(Uuid::from_u128(number))).to_vec();
            $relation::load(keys, reads.clone()).await.unwrap();
            let sent = std::mem::take(&mut *statements.lock().unwrap());
            assert!(!sent.is_empty(), "{}", stringify!($relation));
            for statement in sent {
                let plan = explain(database, statement).await;
                faults.extend(plan.scans().iter().map(|fault| format!("{}: {fault}\n{plan}", stringify!($relation))));
            }
        )+};
    }
    load!(
        CompaniesOfSpeaker EditionsOfSpeaker StatsOfEdition AppearancesOfSpeaker TalksOfBlock ReplacementsOfTalk
        TalkRecordingsOfTalk TalkRecordingsOfRecording SlotsOfTalk AppearancesOfTalk TagsOfTalk
    );
    faults
}

/// What is wrong with the plans of the statements that say whether a response is current.
async fn revisions(database: &DatabaseConnection) -> Vec<String> {
    let (backend, text) = (crate::database::backend(database), || "edition-7".to_owned());
    let id = Uuid::from_u128(1);
    let item = |table, column| RevisionScope::Item(table, column, text().into());
    let mut faults = Vec::new();
    for scope in [
        RevisionScope::Archive,
        item("conference", "slug"),
        item("edition", "slug"),
        item("speaker", "slug"),
        item("company", "slug"),
        RevisionScope::Item("talk", "id", id.into()),
        RevisionScope::Item("recording", "id", id.into()),
        RevisionScope::Talk(text(), text()),
        RevisionScope::Edition(text()),
        RevisionScope::EditionWithTalk(text(), text()),
        RevisionScope::EditionOfTalk(id),
    ] {
        let plan = explain(database, backend.build(&revision_of(&scope).unwrap())).await;
        let found = plan.scans().into_iter().filter(|fault| !fault.contains("archive_state"));
        faults.extend(found.map(|fault| format!("the revision of {scope:?}: {fault}\n{plan}")));
    }
    faults
}

async fn within<T: Listed>(parent: Parent, order: T::OrderField, database: &DatabaseConnection) -> Vec<String> {
    let (reads, ids) = (reads(database), [Uuid::from_u128(1), Uuid::from_u128(2)]);
    let filter = T::Filter::default();
    let list = page_of::<T>(&filter, order, false, None, false);
    let statements = [
        list.select_of_one(parent, ids[0], &reads),
        list.select_of_each(parent, &ids, &reads),
        list::count_of_each::<T>(parent, &ids[..1], &filter, &reads),
        list::count_of_each::<T>(parent, &ids, &filter, &reads),
    ];
    let mut faults = Vec::new();
    for statement in statements {
        let plan = explain(database, reads.backend().build(&statement.unwrap())).await;
        let found = plan.scans();
        faults.extend(found.iter().map(|fault| format!("{} within {parent:?}: {fault}\n{plan}", T::KIND)));
    }
    faults
}

/// Opens a database with the rows of [`seed`].
async fn new_database(backend: Backend) -> (DatabaseConnection, Option<PathBuf>) {
    let (url, file) = match backend {
        Backend::Sqlite => {
            let file = std::env::temp_dir().join(format!("lectern-lists-{}.db", Uuid::now_v7()));
            (format!("sqlite://{}", file.display()), Some(file))
        }
        Backend::Postgres => {
            let name = format!("lists_{}", Uuid::now_v7().simple());
            let server = Database::connect(postgres::url()).await.unwrap();
            server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            server.close().await.unwrap();
            let (server, _) = postgres::url().rsplit_once('/').unwrap();
            (format!("{server}/{name}"), None)
        }
    };
    let database = connect(&url, Arc::default()).await.unwrap();
    migrate(&database).await.unwrap();
    seed::insert(&database).await;
    database.close().await.unwrap();
    // Opened again, because SQLite's EXPLAIN does not notice that the schema of a connection is stale.
    (connect(&url, Arc::default()).await.unwrap(), file)
}

/// Vacuums all tables, as the server's own vacuum does in time. Whoever looks at a table meanwhile keeps it from its end.
async fn vacuum(database: &DatabaseConnection) {
    let unfinished = "SELECT 1 AS one FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                      AND relallvisible < relpages";
    for _ in 0..100 {
        database.execute_unprepared("VACUUM ANALYZE").await.unwrap();
        let unfinished = Statement::from_string(DbBackend::Postgres, unfinished);
        if database.query_one_raw(unfinished).await.unwrap().is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the tables can't be vacuumed");
}

fn reads(database: &DatabaseConnection) -> Reads {
    Reads {
        database: database.clone(),
        now: "2024-06-01T00:00:00Z".parse().unwrap(),
        base_url: "".into(),
        max_page_size: 500,
        search: None,
        reading: None,
    }
}

/// Reads lists of one kind in all their orders, and returns what is wrong with the plans. All ways to a page must lead to
/// the same rows.
async fn list<T: Listed>(
    database: &DatabaseConnection,
    filters: Vec<(&str, T::Filter)>,
    orders: &[T::OrderField],
) -> Vec<String> {
    let reads = reads(database);
    let (backend, table) = (reads.backend(), T::Entity::default().table_name().to_owned());
    let mut faults = Vec::new();
    for order in orders {
        let middle = place_in::<T>(*order, &reads).await;
        for (about, filter) in &filters {
            let mut facets = T::facets(filter, &reads);
            let chosen = Way::choose(&mut facets, Some(*order), &reads).await.unwrap();
            for (descending, place, backward) in [(false, None, false), (true, Some(&middle), true)] {
                let list = page_of::<T>(filter, *order, descending, place, backward);
                let label = format!("{} of {about} by {order:?}, {descending} {place:?} {backward}", T::KIND);
                let plan = explain(database, backend.build(&list.select_by(chosen, &facets, backend))).await;
                let found = plan.faults(&table, true);
                faults.extend(found.iter().map(|fault| format!("{label}, {chosen:?}: {fault}\n{plan}")));
                let mut expected: Option<Vec<Uuid>> = None;
                for way in Way::all(&facets, *order).into_iter() {
                    let rows = T::fetch(list.select_by(way, &facets, backend), LongTexts::Left, &reads).await.unwrap();
                    let ids: Vec<Uuid> = rows.iter().map(|row| row.id().0).collect();
                    assert_eq!(*expected.get_or_insert(ids.clone()), ids, "{label}: {way:?}");
                }
                if let Some(walked) = chosen.walked(&facets, *order) {
                    let end = list.end_of_stretch(&walked, page::STRETCH, backend);
                    let plan = explain(database, backend.build(&end)).await;
                    let found = plan.faults(&table, true);
                    faults.extend(found.iter().map(|fault| format!("{label}, end of a stretch: {fault}\n{plan}")));
                }
                let mut expected = expected.unwrap();
                expected.truncate(30);
                if backward {
                    expected.reverse();
                }
                let page: Vec<Uuid> = list.of_all(&reads).await.unwrap().rows.iter().map(|row| row.id().0).collect();
                assert_eq!(page, expected, "{label}");
            }
        }
    }
    for (about, filter) in &filters {
        faults.extend(counts::<T>(about, filter, &table, &reads).await);
    }
    faults
}

/// Counts the rows of a filter in all ways, and returns what is wrong with the plans.
async fn counts<T: Listed>(about: &str, filter: &T::Filter, table: &str, reads: &Reads) -> Vec<String> {
    let (backend, mut facets) = (reads.backend(), T::facets(filter, reads));
    let mut faults = Vec::new();
    let chosen = Way::choose(&mut facets, None, reads).await.unwrap();
    if chosen != Way::Walk {
        let found = facet::found(&facets, None);
        let asked = found.len() > 1 && facets.iter().all(|facet| !facet.is_few());
        let number = asked.then(|| facet::numbers(&facets, &found, facet::FEW, backend));
        for statement in [chosen.all_rows(&facets, backend)].into_iter().chain(number) {
            let plan = explain(&reads.database, backend.build(&statement)).await;
            let mut found = plan.faults(table, false);
            // PostgreSQL knows whether the table is not much larger than the index.
            let may_scan = chosen == Way::LookThrough && backend == DbBackend::Postgres;
            found.retain(|fault| !(may_scan && fault.starts_with("a scan of ")));
            faults.extend(
                found.iter().map(|fault| format!("{} of {about}, counted, {chosen:?}: {fault}\n{plan}", T::KIND)),
            );
        }
    }
    let mut expected: Option<i64> = None;
    for way in [Way::Walk, Way::LookThrough].into_iter().chain((0..facets.len()).map(Way::Sort)) {
        let rows = way.all_rows(&facets, backend);
        let number = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(rows, Alias::new("rows")).to_owned();
        let number: i64 = reads.database.query_one(&number).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        assert_eq!(*expected.get_or_insert(number), number, "{} of {about}, counted by {way:?}", T::KIND);
    }
    faults
}

fn page_of<T: Listed>(
    filter: &T::Filter,
    order: T::OrderField,
    descending: bool,
    place: Option<&String>,
    backward: bool,
) -> List<T> {
    let size = |wanted: bool| wanted.then_some(30);
    let place = |wanted: bool| place.filter(|_| wanted).cloned();
    let page = PageArguments {
        first: size(!backward),
        last: size(backward),
        after: place(!backward),
        before: place(backward),
    };
    List::new(filter.clone(), order, descending, page, 500).unwrap()
}

/// A place in the middle of a list.
async fn place_in<T: Listed>(order: T::OrderField, reads: &Reads) -> String {
    let mut select = T::projection(LongTexts::Left);
    for key in T::keys(order) {
        select.order_by_expr(Expr::cust(key.sql), Order::Asc);
    }
    select.order_by_expr(T::id_column(), Order::Asc).limit(1).offset(100);
    let rows = T::fetch(select, LongTexts::Left, reads).await.unwrap();
    Cursor::of(rows[0].as_ref(), order).encode()
}
