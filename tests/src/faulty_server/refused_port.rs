//! A port at which every connection is refused.
#![allow(
    clippy::expect_used,
    reason = "test support: a socket that can't be made ends the test"
)]

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// Holds a port on which nothing listens. It stays bound, so that no other process gets it while the test runs.
pub struct RefusedPort {
    socket: TcpSocket,
}

impl RefusedPort {
    /// Takes a free port.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn take() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .expect("a free port");
        Self { socket }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!(
            "http://{}",
            self.socket.local_addr().expect("the socket is bound")
        )
    }
}
