//! Sends a GraphQL query over some connections for some seconds, and prints the number of responses and their times.
//!
//! `load URL FILE CONNECTIONS SECONDS` prints `requests median_ms p99_ms bytes`.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;

type BenchError = Box<dyn std::error::Error>;

/// The times of one connection's responses, and the size of the last one.
type Measurements = (Vec<Duration>, usize);

async fn connection(url: &str, body: &str, until: Instant) -> Result<Measurements, BenchError> {
    // Each client has a pool of one connection.
    let connector = awc::Connector::new().limit(1);
    let client = awc::Client::builder().connector(connector).timeout(Duration::from_secs(30)).finish();
    let mut took = Vec::new();
    let mut size = 0;
    while Instant::now() < until {
        let start = Instant::now();
        let request = client.post(url).insert_header(("Content-Type", "application/json"));
        let mut response = request.send_body(body.to_owned()).await?;
        let answer = response.body().limit(64 << 20).await?;
        took.push(start.elapsed());
        size = answer.len();
        if !response.status().is_success() || answer.starts_with(b"{\"errors\"") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
    }
    Ok((took, size))
}

#[actix_web::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BenchError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, file, connections, seconds] = arguments.as_slice() else {
        return Err("usage: bench URL FILE CONNECTIONS SECONDS".into());
    };
    let body = serde_json::json!({ "query": std::fs::read_to_string(file)? }).to_string();
    let until = Instant::now() + Duration::from_secs(seconds.parse()?);
    let all = try_join_all((0..connections.parse::<usize>()?).map(|_| connection(url, &body, until))).await?;
    let size = all.first().map(|(_, size)| *size).unwrap_or_default();
    let mut took: Vec<Duration> = all.into_iter().flat_map(|(took, _)| took).collect();
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).map(Duration::as_secs_f64).unwrap_or_default() * 1000.0;
    println!("{} {:.2} {:.2} {size}", took.len(), at(50), at(99));
    Ok(())
}
