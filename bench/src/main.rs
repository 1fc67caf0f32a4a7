//! The parts of the benchmark: the archive, the load, and the server that is the limit. `bench/run` puts them together.

mod generate;
mod limit;
mod load;

use std::{path::Path, process::ExitCode, time::Duration};

use load::{Mode, Workload, lines};

const USAGE: &str = "usage:
  bench generate TALKS FOLDER VALUES
  bench limit ADDRESS
  bench load HOST:PORT METHOD PATH DOCUMENT VALUES hot|many|warm|cold CONNECTIONS SECONDS
      DOCUMENT and VALUES are files, or - for none; prints requests, requests a second, the median, the 99th
      percentile in ms, and the bytes of a body";

type BenchError = Box<dyn std::error::Error>;

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
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", talks, folder, values] => {
            generate::generate(talks.parse()?, Path::new(folder), Path::new(values))?;
        }
        ["limit", address] => limit::serve(address).await?,
        ["load", host, method, path, document, values, mode, connections, seconds] => {
            let given = |file: &str| (file != "-").then(|| file.to_owned());
            let workload = Workload {
                host: (*host).to_owned(),
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                document: given(document).map(std::fs::read_to_string).transpose()?,
                values: given(values).map(|file| lines(&file)).transpose()?.unwrap_or_default(),
                mode: match *mode {
                    "hot" => Mode::Hot,
                    "many" => Mode::Many,
                    "warm" => Mode::Warm,
                    "cold" => Mode::Cold,
                    _ => return Err(USAGE.into()),
                },
            };
            let measured =
                load::load(workload, connections.parse()?, Duration::from_secs_f64(seconds.parse()?)).await?;
            let times = &measured.times;
            let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
            let rate = times.len() as f64 / measured.took.as_secs_f64();
            println!("{} {rate:.0} {:.2} {:.2} {}", times.len(), at(50), at(99), measured.bytes);
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}
