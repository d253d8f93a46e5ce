//! Who talks to whom? Tells of each connection that a program makes or takes, and of each datagram that has an address,
//! with the process and its program; a line of JSON each.
//!
//! ```console
//! $ cargo run -p strax --example net -- curl -s https://example.org -o page
//! {"pid":4711,"program":"curl","call":"connect","peer":"127.0.0.53:53","error":null}
//! {"pid":4711,"program":"curl","call":"connect","peer":"93.184.215.14:443","error":"EINPROGRESS"}
//! ```

use serde_json::json;
use std::process::ExitCode;
use strax::{Call, Event, Trace, Value, What};

fn main() -> ExitCode {
    let command = Vec::from_iter(std::env::args_os().skip(1));
    let calls = ["connect", "?accept", "accept4", "bind", "sendto", "recvfrom", "sendmsg"];
    let trace = Trace::command(&command).follow_forks().only(calls);
    let ending = trace.and_then(|trace| {
        trace.run(|event| {
            if let What::Exit(call) = &event.what
                && let Some(peer) = peer(call)
            {
                tell(event, call, &peer);
            }
        })
    });
    match ending {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("net: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The address that a call is about: whichever argument has one.
fn peer(call: &Call<'_>) -> Option<String> {
    let message = call.arg("msg").and_then(|message| message.get("msg_name"));
    let addresses = ["addr", "dest_addr", "src_addr"].map(|name| call.arg(name)).into_iter().chain([message]);
    addresses.flatten().find_map(|address| {
        // What the kernel fills in is told as it is afterwards.
        let address = address.after().unwrap_or(address);
        let path = || address.get("sun_path").and_then(Value::bytes);
        let of_unix = || path().map(|path| String::from_utf8_lossy(path).into_owned());
        address.socket_address().map(|address| address.to_string()).or_else(of_unix)
    })
}

fn tell(event: &Event<'_>, call: &Call<'_>, peer: &str) {
    let program = std::fs::read_to_string(format!("/proc/{}/comm", event.tid)).unwrap_or_default();
    let error = call.result().and_then(Result::err).map(|errno| errno.to_string());
    let line = json!({
        "pid": event.pid(), "program": program.trim_end(), "call": call.name(), "peer": peer, "error": error,
    });
    println!("{line}");
}
