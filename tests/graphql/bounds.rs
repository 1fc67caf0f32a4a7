//! What the archive can't hold or its format can't tell is refused where it is written, with the way to it.

use serde_json::json;

use super::mutations::{codes, done, id};
use crate::support::{
    app::{archive, on_both},
    seed,
};

on_both! {
    async fn a_line_is_not_longer_than_an_index_takes(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        // Text that no database compresses; a syllable of Hangul is three characters where names are compared.
        let noise = |first: u32, length: u32| (0..length).map(|n| char::from_u32(first + n * 7919 % 9000).unwrap()).collect::<String>();
        for (name, is_taken) in [(noise(0x4E00, 501), false), (noise(0xAC00, 500), false), (noise(0x4E00, 500), true), (noise(0xAC00, 200), true)] {
            let make = format!(r#"createSpeaker(input: {{ name: "{name}", aliases: ["x{}"] }}) {{ speaker {{ id }} TOLD }}"#, &name[3..]);
            match is_taken {
                true => _ = done(&app, &token, &make).await,
                false => assert_eq!(codes(&app, &token, &make).await[0], "INVALID input.name"),
            }
        }
    }

    async fn a_place_is_any_number(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        for (position, refused) in [(i32::MIN, true), (0, true), (i32::MAX, false)] {
            let make = format!(r#"createRoom(input: {{ edition: "conf-2025", name: "New", position: {position} }}) {{ room {{ position }} TOLD }}"#);
            match refused {
                true => assert_eq!(codes(&app, &token, &make).await, ["INVALID input.position"]),
                false => assert_eq!(done(&app, &token, &make).await["room"]["position"], 3),
            }
        }
    }

    async fn a_place_in_a_block_has_a_block(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let flash = id(&app, r#"talk(edition: "conf-2025", slug: "flash-a")"#).await;
        assert_eq!(codes(&app, &token, r#"createTalk(input: { edition: "conf-2025", title: "T", blockPosition: 1 }) { talk { id } TOLD }"#).await, ["REQUIRED input.block"]);
        assert_eq!(codes(&app, &token, &format!(r#"updateTalk(id: "{flash}", input: {{ block: null, blockPosition: 1 }}) {{ talk {{ id }} TOLD }}"#)).await, ["REQUIRED input.block"]);
        let out = done(&app, &token, &format!(r#"updateTalk(id: "{flash}", input: {{ block: null }}) {{ talk {{ blockPosition }} TOLD }}"#)).await;
        assert_eq!(out["talk"], json!({ "blockPosition": null }), "it goes with the block");
    }

    async fn days_are_in_order_and_few(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let edition = id(&app, r#"edition(slug: "conf-2025")"#).await;
        for (input, wrong) in [
            (r#"callForPapers: { opensOn: "2025-05-02", closesOn: "2025-05-01" }"#, "INVALID input.callForPapers.closesOn"),
            (r#"tickets: [{ name: "T", price: 0, onSaleFrom: "2025-05-02", onSaleUntil: "2025-05-01" }]"#, "INVALID input.tickets.0.onSaleUntil"),
            (r#"startsOn: "0001-01-01", endsOn: "2025-10-27""#, "INVALID input.endsOn"),
            (r#"startsOn: "2024-10-26", endsOn: "2025-10-27""#, "INVALID input.endsOn"),
        ] {
            assert_eq!(codes(&app, &token, &format!(r#"updateEdition(id: "{edition}", input: {{ {input} }}) {{ edition {{ id }} TOLD }}"#)).await, [wrong]);
        }
    }

    async fn a_link_is_there_once(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let talk = id(&app, r#"talk(edition: "conf-2025", slug: "twice")"#).await;
        let add = |input: &str| format!(r#"addLink(to: "{talk}", input: {{ {input} }}) {{ link {{ id }} TOLD }}"#);
        assert_eq!(codes(&app, &token, &add(r#"kind: SLIDES, url: "https://example.org/slides""#)).await, ["TAKEN input.url"]);
        assert_eq!(codes(&app, &token, &add(r#"kind: ARTICLE, title: "A recap""#)).await, ["TAKEN input.title"]);
        let other = done(&app, &token, &add(r#"kind: ARTICLE, url: "https://example.org/slides", title: "A recap""#)).await["link"]["id"].clone();
        assert_eq!(codes(&app, &token, &format!("updateLink(id: {other}, input: {{ kind: SLIDES }}) {{ link {{ id }} TOLD }}")).await, ["TAKEN input.url"]);
        assert_eq!(codes(&app, &token, &format!("updateLink(id: {other}, input: {{ url: null }}) {{ link {{ id }} TOLD }}")).await, ["TAKEN input.title"]);
        done(&app, &token, &format!(r#"updateLink(id: {other}, input: {{ note: "Both" }}) {{ link {{ id }} TOLD }}"#)).await;
    }

    async fn a_slot_of_another_year_is_a_slip(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        // Where no days are known none is another year's.
        done(&app, &token, r#"createEdition(input: { conference: "conf", name: "Conf someday", timezone: "Europe/Berlin", year: 2030 }) { edition { id } TOLD }"#).await;
        for year in ["1911", "2525"] {
            let far = |edition: &str| format!(r#"scheduleSlot(input: {{ edition: "{edition}", kind: OTHER, title: "Far", startsAt: "{year}-03-11T10:00:00+14:00" }}) {{ slot {{ id }} TOLD }}"#);
            assert_eq!(codes(&app, &token, &far("conf-2025")).await, ["INVALID input.startsAt"]);
            done(&app, &token, &far("conf-someday")).await;
        }
        for format in ["schedule.ics", "schedule.xml", "schedule.json", "archive.yaml"] {
            assert_eq!(app.get(&format!("/editions/conf-someday/{format}"), &[]).await.status, 200, "{format}");
        }
    }
}
