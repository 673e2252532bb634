//! What a server does to a request, before and after the work.

use clerk_api_tests::faulty_server::{Disconnect, Http2Reply, Reason, Reply};
use fastrand::Rng;

use super::oracle::Response;
use crate::support::{KEY, TICKET, errors, ms, token};

const SERVER_ERRORS: [u16; 7] = [408, 500, 501, 502, 504, 520, 524];
const REJECTIONS: [u16; 6] = [400, 401, 403, 404, 409, 422];
const WAITS: [&str; 6] = ["0", "0", "0", "1", "soon", "86400"];
/// A healthy server's choice of the responses below; the others choose a number below it.
const NORMAL: u8 = 64;
/// A success that is too large for the client under test.
const TOO_LARGE: u64 = 1 << 20;

/// An error body that repeats what it must not.
fn rejection() -> String {
    errors("form_param_value_invalid", &format!("{KEY} and {TICKET}"))
}

/// `work` does the work, once at most.
pub(super) fn http1(random: &mut Rng, healthy: bool, work: impl FnOnce() -> Response) -> Reply {
    let how = match random.bool() {
        true => Disconnect::Close,
        false => Disconnect::Reset,
    };
    let delay = ms(random.u64(..200));
    let error = random.choice(SERVER_ERRORS).unwrap();
    let rejected = random.choice(REJECTIONS).unwrap();
    let wait = random.choice(WAITS).unwrap();
    let length = random.u64(..200);
    let done = |work: Response| Reply::status(work.status).json(work.body);
    match if healthy { NORMAL } else { random.u8(..NORMAL) } {
        // Without the work.
        0 => Reply::status(rejected).json(rejection()),
        1 => Reply::status(rejected).html("<h1>no"),
        2 => Reply::status(429).header("retry-after", wait),
        3 => Reply::status(429),
        4 => Reply::status(503).header("retry-after", wait),
        5 => Reply::status(503).delay(delay),
        6 => Reply::status(error).html("<h1>no"),
        7 => Reply::redirect(307, "/elsewhere"),
        8 => Reply::close_before_response().delay(delay),
        9 => Reply::reset_before_response().delay(delay),
        10 => Reply::never(),
        11 => Reply::raw("SSH-2.0-OpenSSH\r\n"),
        // After it, and the client can't know.
        12 => sending(work, Reply::status(error).json(rejection())),
        13 => sending(work, Reply::close_before_response().delay(delay)),
        14 => sending(work, Reply::reset_before_response().delay(delay)),
        15 => sending(work, Reply::never()),
        16 => sending(work, Reply::raw("HTTP/1.1 2")),
        17 => sending(work, Reply::raw(vec![0xff; 1000])),
        // After it, and the client knows as soon as it has the head.
        18 => done(work()).cut_after(length, how),
        19 => done(work()).chunked().cut_after(length, how),
        20 => done(work()).stall_after(length),
        21 => sending(work, Reply::ok("{\"object\":")),
        22 => sending(work, Reply::ok(token())),
        23 => sending(work, Reply::status(204)),
        24 => done(work()).padded_to(TOO_LARGE),
        25 => done(work()).padded_for_ever().chunked(),
        // All is well, though it doesn't look so.
        26 => done(work()).chunked().drip_body(ms(0)),
        27 => done(work()).drip(ms(0)),
        28 => done(work()).until_close(),
        29 => done(work()).body_delay(delay),
        30 => done(work()).then_disconnect(how),
        31 => done(work()).then_disconnect_on_next_request(how),
        32 => done(work()).then_disconnect_when_idle(ms(random.u64(..20)), how),
        33 => interim(work(), random.usize(..500)),
        34..48 => done(work()).delay(delay),
        _ => done(work()),
    }
}

/// Does the work and sends this.
fn sending<T>(work: impl FnOnce() -> Response, response: T) -> T {
    work();
    response
}

fn interim(response: Response, count: usize) -> Reply {
    let Response { status, body } = response;
    let head = format!(
        "HTTP/1.1 {status} So\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Reply::raw("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(count) + &head + &body)
}

pub(super) fn http2(
    random: &mut Rng,
    healthy: bool,
    work: impl FnOnce() -> Response,
) -> Http2Reply {
    let codes = [Reason::NO_ERROR, Reason::INTERNAL_ERROR, Reason::CANCEL];
    let code = random.choice(codes).unwrap();
    let error = random.choice(SERVER_ERRORS).unwrap();
    let rejected = random.choice(REJECTIONS).unwrap();
    let wait = random.choice(WAITS).unwrap();
    let json = |status: u16, body: String| {
        let response = Http2Reply::status(status);
        let response = response.header("content-type", "application/json");
        response.body(body)
    };
    let done = |work: Response| json(work.status, work.body);
    match if healthy { NORMAL } else { random.u8(..NORMAL) } {
        // Without the work.
        0 => json(rejected, rejection()),
        1 => Http2Reply::status(429).header("retry-after", wait),
        2 => Http2Reply::status(503).header("retry-after", wait),
        3 => Http2Reply::status(error),
        4 => Http2Reply::refused_stream(),
        5 => Http2Reply::reset_stream(code),
        6 => Http2Reply::go_away_unprocessed(code),
        7 => Http2Reply::never(),
        8 => Http2Reply::close_before_response(),
        9 => Http2Reply::silence(),
        // After it, and the client can't know.
        10 => sending(work, Http2Reply::status(error)),
        11 => sending(work, Http2Reply::reset_stream(code)),
        12 => sending(work, Http2Reply::go_away_processed(code)),
        13 => sending(work, Http2Reply::close_before_response()),
        14 => sending(work, Http2Reply::reset_before_response()),
        15 => sending(work, Http2Reply::never()),
        // After it, and the client knows as soon as it has the head.
        16 => done(work()).then_reset_stream(code),
        17 => sending(work, Http2Reply::ok("[")),
        18 => sending(work, Http2Reply::ok(token())),
        19 => sending(work, Http2Reply::status(204)),
        20 => sending(work, Http2Reply::ok(vec![b' '; TOO_LARGE as usize])),
        _ => done(work()),
    }
}
