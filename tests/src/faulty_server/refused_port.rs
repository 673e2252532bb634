//! A port at which every connection is refused.

use std::net::Ipv4Addr;

use tokio::net::TcpSocket;

/// Holds a port on which nothing listens. It stays bound, so that no other process gets it while the test runs.
pub struct RefusedPort(TcpSocket);

impl RefusedPort {
    /// Takes a free port.
    pub fn take() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        let any_port = (Ipv4Addr::LOCALHOST, 0).into();
        socket.bind(any_port).expect("a free port");
        Self(socket)
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        let address = self.0.local_addr().expect("the socket is bound");
        format!("http://{address}")
    }
}
