//! What other sites embed, and the calendar of chosen talks.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive},
    seed,
};

#[on_both_databases]
#[actix_web::test]
async fn the_data_of_a_day_is_enough_for_the_element(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let first = app.get("/embed/editions/conf-2025/schedule.json", &[]).await;
    assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "application/json"));
    assert_eq!(first.header("access-control-allow-origin"), "*");
    let data = first.json();
    assert_eq!(data["day"], "2025-10-25");
    assert_eq!(data["edition"]["days"].as_array().unwrap().len(), 3);
    let titles: Vec<&str> =
        data["slots"].as_array().unwrap().iter().map(|slot| slot["title"].as_str().unwrap()).collect();
    // The night talk belongs to the evening before.
    assert_eq!(titles, ["Registration", "Opening", "Äpfel & 100% _Birnen_", "Called off", "Party", "Night talk"]);
    assert_eq!(data["slots"][2]["talk"]["recordings"][0]["startSeconds"], 65);

    let second = app.get("/embed/editions/conf-2025/days/2025-10-26.json", &[]).await.json();
    assert_eq!(second["day"], "2025-10-26");
    assert_eq!(second["slots"][1]["talk"]["talks"][0]["title"], "Flash a");

    // While the edition is on, today comes first.
    app.set_now("2025-10-26T09:00:00Z");
    assert_eq!(app.get("/embed/editions/conf-2025/schedule.json", &[]).await.json()["day"], "2025-10-26");

    for missing in ["none/schedule.json", "conf-2025/days/tomorrow.json", "conf-2025/talks/none.json"] {
        assert_eq!(app.get(&format!("/embed/editions/{missing}"), &[]).await.status, 404, "{missing}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_abstract_comes_as_a_tree(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let talk = app.get("/embed/editions/nasty-2025/talks/round.json", &[]).await.json();
    assert_eq!(talk["abstract"], json!([["p", null, "Short & ", ["em", null, "sweet"]]]));
    let talk = app.get("/embed/editions/nasty-2025/talks/markup.json", &[]).await.json();
    assert!(talk["abstract"].to_string().contains("<script>"), "it is text: {talk}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_frame_has_the_schedule_without_a_script(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let frame = app.get("/embed/editions/conf-2025?theme=dark&utm_source=x", &[]).await;
    assert!(frame.body.contains("data-theme=\"dark\""));
    for text in ["Äpfel &#38; 100% _Birnen_", "Night talk", "Whose time is lost", "<base target=\"_blank\">"] {
        assert!(frame.body.contains(text), "{text}");
    }
    // A time on the next date says so.
    assert!(frame.body.contains(">02:30</time><small class=\"shifted\"> +1</small>"), "{}", frame.body);
}

#[on_both_databases]
#[actix_web::test]
async fn a_calendar_has_the_chosen_talks(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let (night, flash) = (app.talk_id("night").await, app.talk_id("flash-a").await);
    let path = format!("/editions/conf-2025/schedule.ics?talk={night},{flash}&talk=twice");
    let calendar = app.get(&path, &[]).await;
    assert_eq!(calendar.status, 200);
    let titles: Vec<&str> = calendar.body.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).collect();
    let apples = "Äpfel & 100% _Birnen_";
    assert_eq!(titles, [apples, "Night talk", apples, "Lightning round"]);
    let none = app.get("/editions/conf-2025/schedule.ics?talk=none", &[]).await;
    assert!(none.status == 200 && !none.body.contains("BEGIN:VEVENT"));
}

#[on_both_databases]
#[actix_web::test]
async fn the_script_is_small(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let script = app.get("/embed.js", &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(script.bytes.len() < 40_000, "{} bytes", script.bytes.len());
}
