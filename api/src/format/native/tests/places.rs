//! The places of values: those of JSON are found without the reader of YAML, and are the same.

use super::*;
use crate::format::native::{
    json,
    yaml::{Place, Within, parse},
};

#[track_caller]
fn are_equal(one: &Place, other: &Place, way: &str) {
    assert_eq!((one.location.value, one.location.key), (other.location.value, other.location.key), "{way}");
    match (&one.within, &other.within) {
        (Within::Nothing, Within::Nothing) => {}
        (Within::Items(these), Within::Items(those)) => {
            assert_eq!(these.len(), those.len(), "{way}");
            let pairs = these.iter().zip(those).enumerate();
            pairs.for_each(|(n, (one, other))| are_equal(one, other, &format!("{way}/{n}")));
        }
        (Within::Keys(these), Within::Keys(those)) => {
            assert_eq!(these.len(), those.len(), "{way}");
            for ((key, one), (other_key, other)) in these.iter().zip(those) {
                assert_eq!(key, other_key, "{way}");
                are_equal(one, other, &format!("{way}/{key}"));
            }
        }
        (one, other) => assert_eq!(format!("{one:?}"), format!("{other:?}"), "{way}"),
    }
}

#[test]
fn places_in_json_are_those_that_yaml_has() {
    let texts = [
        "{}",
        "[]",
        " \n\t{ \"a\" : [ ] , \"b\":{} }\n",
        "{\"a\":[1,-2.5e3,true,false,null,\"x\"],\n\"b\": {\"c\": [[{}], [\n[]]]}}",
        "{\"ü\": \"ö🎉\", \"q\\\"\\\\\": \"\\\"}],{\", \"t\\u00e9\":\r\n  [\"a\\\\\", \"\\n\"]}",
    ];
    for text in texts {
        are_equal(&json::place(text).unwrap(), &parse(text).place, text);
    }
    let promcon = serde_json::to_string(&read(&promcon()).unwrap()).unwrap();
    are_equal(&json::place(&promcon).unwrap(), &parse(&promcon).place, "PromCon");
}

#[test]
fn what_is_not_json_has_no_places_as_json() {
    for text in ["", "a: b", "{a: b}", "[1, 2", "{\"a\": 1} x", "\"text\"", "- a\n"] {
        assert!(json::place(text).is_none(), "{text}");
    }
}
