use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::{Audiences, KEPT_BYTES, Member, Place};
use crate::error::{Error, Result};

/// A value that was read, of a size.
#[derive(Debug, PartialEq)]
struct Value(usize, usize);

impl crate::weight::Weigh for Value {
    fn weight(&self) -> usize {
        self.1
    }
}

/// Reads values, and counts them.
#[derive(Clone, Default)]
struct Source(Arc<AtomicUsize>);

impl Source {
    async fn read(self, weight: usize) -> Result<Value> {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        sleep(Duration::from_millis(5)).await;
        Ok(Value(count, weight))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn members(audiences: &Audiences, count: usize) -> Vec<Member<Value>> {
    (0..count).map(|_| audiences.join("it", (0, 0))).collect()
}

async fn take_all(members: &mut [Member<Value>], at: Place, source: &Source, weight: usize) -> Vec<Option<usize>> {
    let take = async |member: &mut Member<Value>| member.take(at, || source.clone().read(weight)).await;
    let taken = join_all(members.iter_mut().map(take)).await;
    taken.into_iter().map(|value| value.ok().map(|value| value.0)).collect()
}

fn kept(audiences: &Audiences) -> usize {
    audiences.0.kept.load(Ordering::Relaxed)
}

#[actix_web::test]
async fn a_reading_is_kept_while_somebody_needs_it() {
    let (audiences, source) = (Audiences::default(), Source::default());
    let mut members = members(&audiences, 100);
    assert_eq!(take_all(&mut members[..99], (0, 0), &source, 1000).await, [Some(1); 99]);
    assert!(kept(&audiences) >= 1000);
    assert_eq!(take_all(&mut members[99..], (0, 0), &source, 1000).await, [Some(1)]);
    sleep(Duration::from_millis(50)).await;
    assert_eq!(kept(&audiences), 0, "all have it");

    assert_eq!(take_all(&mut members[..50], (7, 0), &source, 1000).await, [Some(2); 50]);
    assert!(kept(&audiences) >= 1000);
    drop(members);
    sleep(Duration::from_millis(50)).await;
    assert_eq!(kept(&audiences), 0, "nobody is left");
    assert!(super::lock(&audiences.0.audiences).is_empty());
}

#[actix_web::test]
async fn one_that_lingers_keeps_a_reading_for_a_while_only() {
    let (audiences, source) = (Audiences::default(), Source::default());
    let mut members = members(&audiences, 3);
    take_all(&mut members[..2], (0, 0), &source, 1000).await;
    sleep(super::FRESH + super::FRESH + Duration::from_millis(200)).await;
    assert_eq!(kept(&audiences), 0);
    assert_eq!(take_all(&mut members[2..], (0, 0), &source, 1000).await, [Some(2)], "it reads for itself");
}

#[actix_web::test]
async fn the_bound_is_obeyed_and_all_get_what_they_wait_for() {
    let (audiences, source) = (Audiences::default(), Source::default());
    let mut members = members(&audiences, 10);
    for place in 0..6 {
        let taken = take_all(&mut members[..9], (place, 0), &source, KEPT_BYTES / 4).await;
        assert_eq!(taken, [Some(place as usize + 1); 9]);
        assert!(kept(&audiences) <= KEPT_BYTES);
    }
    assert_eq!(source.count(), 6);
    assert!(kept(&audiences) > KEPT_BYTES / 2, "the last one has taken none");
    let taken = take_all(&mut members[..9], (6, 0), &source, KEPT_BYTES + 1).await;
    assert_eq!(taken, [Some(7); 9]);
}

#[actix_web::test]
async fn what_was_read_before_a_member_came_is_not_for_it() {
    let (audiences, source) = (Audiences::default(), Source::default());
    let mut members = members(&audiences, 3);
    take_all(&mut members[..2], (0, 0), &source, 1).await;
    let mut late = self::members(&audiences, 2);
    assert_eq!(take_all(&mut late, (0, 0), &source, 1).await, [Some(2); 2]);
    // Nor is what began before the end of the last one that it had.
    let mut again = late.split_off(1);
    assert_eq!(take_all(&mut again, (0, 0), &source, 1).await, [Some(3)]);
}

#[actix_web::test]
async fn nobody_waits_for_one_that_is_gone_or_busy() {
    let (audiences, source) = (Audiences::default(), Source::default());
    let mut members = members(&audiences, 40);
    let (first, others) = members.split_at_mut(20);
    // These begin to wait, and are never polled again; some of them are dropped.
    let read = || source.clone().read(1);
    let mut stuck: Vec<_> = first.iter_mut().map(|member| Box::pin(member.take((0, 0), read))).collect();
    for take in &mut stuck {
        poll_fn(|context| Poll::Ready(take.as_mut().poll(context).is_ready())).await;
    }
    stuck.truncate(10);
    let taken = timeout(Duration::from_secs(5), take_all(others, (0, 0), &source, 1)).await;
    assert_eq!(taken.ok(), Some(vec![Some(1); 20]));
}

#[actix_web::test]
async fn a_reading_that_fails_is_tried_again() {
    let audiences = Audiences::default();
    let mut members = members(&audiences, 2);
    let fail = || async { Err::<Value, _>(Error::Timeout(1)) };
    let failed = join_all(members.iter_mut().map(|member| member.take((0, 0), fail))).await;
    assert!(failed.iter().all(Result::is_err));
    let source = Source::default();
    assert_eq!(take_all(&mut members, (0, 0), &source, 1).await, [Some(1); 2]);
}
