//! Calls a second, from few at once to many.
//!
//! Each contender is warm: it has as many connections as calls at once, and has shown that it lets all of them out. The
//! contenders take turns, round by round, so that whatever else the machine does hits both.

use serde_json::{Value, json};

use crate::held::warm;
use crate::options::Options;
use crate::plot;
use crate::support::contenders::{clerk, plain_reqwest};
use crate::support::descriptors;
use crate::support::figures::median;
use crate::support::round::{Round, round};
use crate::support::server::Server;

const CONCURRENCIES: [usize; 7] = [1, 4, 16, 64, 256, 1024, 4096];
/// For those who want to know only whether it runs.
const QUICK: usize = 16;

/// One contender at one concurrency: medians.
pub(crate) struct Row {
    pub(crate) concurrency: usize,
    pub(crate) contender: &'static str,
    pub(crate) calls_per_second: f64,
    p50_milliseconds: f64,
    p99_milliseconds: f64,
}

pub(crate) fn measure(options: &Options) -> Value {
    let rounds = if options.quick { 1 } else { 7 };
    let most = descriptors::raise();
    let mut rows = Vec::new();
    for concurrency in CONCURRENCIES {
        if options.quick && concurrency > QUICK {
            break;
        }
        // A call may have a connection that it opened, and take one that became free meanwhile.
        if most < 2 * concurrency as u64 + 100 {
            println!("{concurrency} at once: left out, as {most} file descriptors are too few");
            continue;
        }
        let calls = if options.quick {
            64
        } else {
            6000.max(3 * concurrency)
        };
        rows.extend(at(concurrency, rounds, calls));
    }
    print(&rows);
    if let Some(path) = &options.plot {
        plot::write(path, &rows).expect("the plot can be written");
        println!("The plot is in {}.\n", path.display());
    }
    let json = rows.iter().map(|row| {
        json!({
            "concurrency": row.concurrency,
            "contender": row.contender,
            "calls_per_second": row.calls_per_second,
            "p50_milliseconds": row.p50_milliseconds,
            "p99_milliseconds": row.p99_milliseconds,
        })
    });
    json.collect()
}

fn at(concurrency: usize, rounds: usize, calls: usize) -> [Row; 2] {
    let mut server = Server::start().expect("a server");
    let contenders = [plain_reqwest(server.url()), clerk(server.url())];
    for contender in &contenders {
        let requests = warm(contender, &mut server, concurrency);
        assert_eq!(requests, concurrency, "{} holds back", contender.name);
    }
    let mut of_contender: [Vec<Round>; 2] = Default::default();
    for number in 0..rounds {
        // A B, then B A: nobody is always first.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for index in order {
            of_contender[index].push(round(&contenders[index], concurrency, calls));
        }
    }
    let row = |index: usize| {
        let of = |of: fn(&Round) -> f64| median(of_contender[index].iter().map(of).collect());
        Row {
            concurrency,
            contender: contenders[index].name,
            calls_per_second: of(|round| round.calls_per_second),
            p50_milliseconds: of(|round| round.p50.as_secs_f64() * 1e3),
            p99_milliseconds: of(|round| round.p99.as_secs_f64() * 1e3),
        }
    };
    [row(0), row(1)]
}

fn print(rows: &[Row]) {
    println!("### Calls a second, by calls at once\n");
    println!("| at once | contender | calls a second | p50 | p99 |");
    println!("|---|---|---|---|---|");
    for row in rows {
        let mut same = rows
            .iter()
            .filter(|base| base.concurrency == row.concurrency);
        let Some(base) = same.next() else {
            continue;
        };
        println!(
            "| {} | {} | {:.0} ({:.2}) | {:.2} ms | {:.2} ms |",
            row.concurrency,
            row.contender,
            row.calls_per_second,
            row.calls_per_second / base.calls_per_second,
            row.p50_milliseconds,
            row.p99_milliseconds,
        );
    }
    println!("\nIn brackets: the ratio to plain reqwest.\n");
}
