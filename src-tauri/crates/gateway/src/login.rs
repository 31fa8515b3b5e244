//! Where PostgreSQL and NATS are, as somebody typed it, and the passwords that never are in it.

use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use zeroize::Zeroizing;

/// A password, forgotten when it is dropped.
pub type Password = Zeroizing<String>;

/// How long a server may take to answer.
pub(crate) const ANSWER: Duration = Duration::from_secs(5);

/// Why an address was not understood; the sentence never repeats what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Not a PostgreSQL address.
    #[error(
        "--postgres 须为 postgres://用户@主机:端口/库名 / \
         must be postgres://USER@HOST:PORT/DATABASE"
    )]
    Postgres,
    /// Not a NATS address.
    #[error(
        "--nats 须为 nats://主机:端口，多个以逗号分开 / \
         must be nats://HOST:PORT, several with commas between"
    )]
    Nats,
    /// A password stands in it.
    #[error(
        "地址里不得写密码；用密码文件或环境变量 / no password in an address: use a password \
         file or the environment"
    )]
    Password,
    /// A password without a user.
    #[error("给了 NATS 密码但地址里没有用户 / a NATS password, and no user in the address")]
    NoUser,
}

/// Where PostgreSQL is.
#[derive(Clone)]
pub struct PostgresLogin(pub(crate) Config);

impl std::fmt::Debug for PostgresLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostgresLogin({:?})", self.0.get_hosts())
    }
}

impl PostgresLogin {
    /// Reads `postgres://user@host:port/database`; more parameters as PostgreSQL's own clients
    /// understand them (`?sslmode=require`).
    ///
    /// # Errors
    /// `LoginError`.
    pub fn read(text: &str, password: Option<&Password>) -> Result<Self, LoginError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(LoginError::Postgres);
        }
        let mut config: Config = text.parse().map_err(|_| LoginError::Postgres)?;
        if config.get_password().is_some() {
            return Err(LoginError::Password);
        }
        let is_whole = !config.get_hosts().is_empty() && config.get_dbname().is_some();
        if !is_whole || config.get_user().is_none_or(str::is_empty) {
            return Err(LoginError::Postgres);
        }
        if let Some(password) = password {
            config.password(password.as_bytes());
        }
        config
            .connect_timeout(ANSWER)
            .tcp_user_timeout(ANSWER * 2)
            .keepalives_idle(ANSWER * 2)
            .application_name("fengsui gateway");
        Ok(PostgresLogin(config))
    }

    /// Nobody reads along: a socket of this machine, or TLS is required.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let is_here = self.0.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
            #[cfg(unix)]
            Host::Unix(_) => true,
        });
        is_here || self.0.get_ssl_mode() == SslMode::Require
    }
}

/// Where NATS is.
#[derive(Clone)]
pub struct NatsLogin {
    pub(crate) servers: Vec<ServerAddr>,
    user: Option<String>,
    password: Option<Password>,
}

impl std::fmt::Debug for NatsLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NatsLogin({} servers)", self.servers.len())
    }
}

impl NatsLogin {
    /// Reads `nats://user@host:port` or `tls://…`, several with commas between; the user of the
    /// first is meant for all.
    ///
    /// # Errors
    /// `LoginError`.
    pub fn read(text: &str, password: Option<&Password>) -> Result<Self, LoginError> {
        let mut servers = Vec::new();
        let mut user = None;
        for one in text.split(',') {
            let one = one.trim();
            let (scheme, rest) = one.split_once("://").ok_or(LoginError::Nats)?;
            if !["nats", "tls"].contains(&scheme) {
                return Err(LoginError::Nats);
            }
            let (name, place) = match rest.rsplit_once('@') {
                Some((name, place)) => (Some(name), place),
                None => (None, rest),
            };
            if name.is_some_and(|name| name.contains(':')) {
                return Err(LoginError::Password);
            }
            let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
            user = user.or(name);
            let server: ServerAddr = format!("{scheme}://{place}")
                .parse()
                .map_err(|_| LoginError::Nats)?;
            if server.host().is_empty() {
                return Err(LoginError::Nats);
            }
            servers.push(server);
        }
        if password.is_some() && user.is_none() {
            return Err(LoginError::NoUser);
        }
        Ok(NatsLogin {
            servers,
            user,
            password: password.cloned(),
        })
    }

    pub(crate) fn options(&self) -> ConnectOptions {
        let options = ConnectOptions::new()
            .name("fengsui gateway")
            .connection_timeout(ANSWER)
            .request_timeout(Some(ANSWER));
        match (&self.user, &self.password) {
            (Some(user), Some(password)) => {
                options.user_and_password(user.clone(), password.to_string())
            }
            _ => options,
        }
    }

    /// How many copies of the stream there should be.
    pub(crate) fn copies(&self) -> usize {
        if self.servers.len() >= 3 { 3 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(text: &str) -> Result<(), LoginError> {
        PostgresLogin::read(text, None).map(|_| ())
    }

    fn nats(text: &str) -> Result<usize, LoginError> {
        NatsLogin::read(text, None).map(|login| login.copies())
    }

    #[test]
    fn addresses_are_whole_and_hold_no_password() {
        assert_eq!(postgres("postgres://gate@10.0.0.1:5432/city"), Ok(()));
        assert_eq!(
            postgres("postgresql://gate@db/city?sslmode=require"),
            Ok(())
        );
        for bad in [
            "",
            "city",
            "host=db user=gate dbname=city",
            "postgres://gate@db",
        ] {
            assert_eq!(postgres(bad), Err(LoginError::Postgres), "{bad}");
        }
        assert_eq!(
            postgres("postgres://gate:secret@db/city"),
            Err(LoginError::Password)
        );
        assert_eq!(nats("nats://10.0.0.1:4222"), Ok(1));
        assert_eq!(nats("nats://u@a:1,nats://b:2,tls://c:3"), Ok(3));
        for bad in ["", "10.0.0.1:4222", "http://a:1", "nats://", "nats://a:x"] {
            assert_eq!(nats(bad), Err(LoginError::Nats), "{bad}");
        }
        assert_eq!(nats("nats://u:secret@a:1"), Err(LoginError::Password));
        let secret = Password::new("secret".to_owned());
        assert_eq!(
            NatsLogin::read("nats://a:1", Some(&secret)).map(|_| ()),
            Err(LoginError::NoUser)
        );
    }

    #[test]
    fn what_is_shown_of_a_login_has_no_password() {
        let secret = Password::new("hush".to_owned());
        let one = PostgresLogin::read("postgres://gate@db/city", Some(&secret)).unwrap();
        let two = NatsLogin::read("nats://gate@a:1", Some(&secret)).unwrap();
        assert!(!format!("{one:?} {two:?}").contains("hush"));
        assert!(!one.is_private());
        let private = |text| PostgresLogin::read(text, None).unwrap().is_private();
        assert!(private("postgres://gate@127.0.0.1/city"));
        assert!(private("postgres://gate@db/city?sslmode=require"));
    }
}
