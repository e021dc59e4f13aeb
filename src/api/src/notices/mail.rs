//! Mail by SMTP. The `Message-ID` is the same for every try, so that a second copy can be told from a second message.

use super::{Message, Undelivered};
use crate::config::MailConfig;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::time::Duration;

/// Written by a program (RFC 3834): no holiday notes in return, please.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A mail server that takes our mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Reads the settings; connects when there is something to send.
    ///
    /// # Errors
    /// The address of the server or the sender is none.
    pub fn new(config: &MailConfig) -> Result<Mailer, String> {
        if config.server.is_empty() {
            return Err(
                "server is missing; write smtps://user:password@host or set LOKALSVAR_SMTP".into(),
            );
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.server)
            .map_err(|_| "server is no address; write smtps://user:password@host".to_owned())?
            .timeout(Some(Duration::from_secs(20)))
            .build();
        let from = config.from.parse().map_err(|_| {
            "from is no sender; write Borgerservice <borgerservice@eksempelby.dk>".to_owned()
        })?;
        Ok(Mailer { transport, from })
    }

    /// Hands a message to the server.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let to = message
            .to
            .parse()
            .map_err(|_| Undelivered::Never("no mail address"))?;
        let builder = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(format!(
                "<{}@{}>",
                message.id,
                self.from.email.domain()
            )))
            .header(AutoSubmitted)
            .subject(&message.subject);
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(message.text.clone()));
        if let Some((calendar, over)) = &message.calendar {
            let kind = format!(
                "text/calendar; charset=utf-8; method={}",
                if *over { "CANCEL" } else { "PUBLISH" }
            );
            let kind =
                ContentType::parse(&kind).map_err(|_| Undelivered::Never("no calendar file"))?;
            parts = parts
                .singlepart(Attachment::new("tid.ics".to_owned()).body(calendar.clone(), kind));
        }
        let mail = builder
            .multipart(parts)
            .map_err(|_| Undelivered::Never("the mail cannot be written"))?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            // What the server says may hold the address; only its kind is told.
            Err(e) if e.is_permanent() => {
                Err(Undelivered::Never("the mail server refuses it for good"))
            }
            Err(e) if e.is_transient() => {
                Err(Undelivered::Later("the mail server refuses it for now"))
            }
            Err(e) if e.is_timeout() => Err(Undelivered::Later("the mail server does not answer")),
            Err(_) => Err(Undelivered::Later("the mail server cannot be reached")),
        }
    }
}
