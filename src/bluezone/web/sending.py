"""Messages that leave the house: mail and text messages through a port; files by default.

Decides the form of a message and that a failure is told, never lost. Who gets what is the application's.
"""

from __future__ import annotations

import asyncio
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bluezone.web.signin.errors import MessageNotSent

_TIMEOUT_S = 20
# The plain form that every server takes; quoted names and addresses in brackets are refused.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM}){{0,8}}@{_LABEL}(?:\.{_LABEL}){{1,8}}")
_LONGEST_MAIL = 254
_PHONE = re.compile(r"\+?[0-9][0-9 .\-]{6,18}")


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message.

    Attributes:
        channel: how it travels.
        to: an address or a telephone number.
        subject: one line; not sent by text message.
        text: plain.
    """

    channel: Channel
    to: str
    subject: str
    text: str


class Sender(Protocol):
    """Hands messages over."""

    async def send(self, message: OutgoingMessage) -> None:
        """Hands one message over.

        Raises:
            MessageNotSent: it did not leave; sending it again is safe.
        """
        ...


class FileSender:
    """Writes each message into a folder, for a person or another program to send on.

    Args:
        folder: made when it is missing; only its owner may read it, for messages hold sign-in links.
        now: seconds UTC, for names and dates.
    """

    def __init__(self, folder: Path, now: Callable[[], float], sender: str = "bluezone@localhost") -> None:
        self._folder, self._now, self._sender = folder, now, sender

    async def send(self, message: OutgoingMessage) -> None:
        is_mail = message.channel is Channel.MAIL
        content = bytes(as_mail(message, self._sender, self._now())) if is_mail else _as_text(message)
        await asyncio.to_thread(self._write, message, content, "eml" if is_mail else "txt")

    def _write(self, message: OutgoingMessage, content: bytes, suffix: str) -> None:
        stem = f"{int(self._now())}-{message.channel}-{re.sub(r'[^0-9A-Za-z]+', '-', message.to)[:40]}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(10_000):
                path = self._folder / f"{stem}-{number}.{suffix}"
                try:
                    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                except FileExistsError:
                    continue
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                return
        except OSError as error:
            raise MessageNotSent(f"the message could not be written: {error.strerror}") from None
        raise MessageNotSent("the folder of messages is full of messages to the same address")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over.

    Attributes:
        host: its name.
        port: 25, 465 or 587.
        sender: address that mails come from.
        user: to sign in; empty for none.
        password: to sign in.
        encryption: "none", "starttls" or "tls".
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    encryption: str = "starttls"

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port})"


class SmtpSender:
    """Hands mail to a server, and everything else to another sender.

    Args:
        server: where mail goes.
        others: takes text messages.
        now: seconds UTC.
    """

    def __init__(self, server: SmtpServer, others: Sender, now: Callable[[], float]) -> None:
        self._server, self._others, self._now = server, others, now

    async def send(self, message: OutgoingMessage) -> None:
        if message.channel is not Channel.MAIL:
            await self._others.send(message)
            return
        mail = as_mail(message, self._server.sender, self._now())
        try:
            await asyncio.to_thread(self._deliver, mail)
        except (smtplib.SMTPException, OSError) as error:
            # The server's own words may quote the message, and with it the link: only their kind goes on.
            raise MessageNotSent(f"the mail server did not take it ({type(error).__name__})") from None

    def _deliver(self, mail: EmailMessage) -> None:
        where, secure = self._server, ssl.create_default_context()
        if where.encryption == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                where.host, where.port, timeout=_TIMEOUT_S, context=secure
            )
        else:
            connection = smtplib.SMTP(where.host, where.port, timeout=_TIMEOUT_S)
        with connection:
            if where.encryption == "starttls":
                connection.starttls(context=secure)
            if where.user:
                connection.login(where.user, where.password)
            connection.send_message(mail)


def as_mail(message: OutgoingMessage, sender: str, now: float) -> EmailMessage:
    """A message in the form of a mail.

    Raises:
        MessageNotSent: the address or the subject cannot stand in one.
    """
    if len(message.to) > _LONGEST_MAIL or not _MAIL.fullmatch(message.to):
        raise MessageNotSent("the address is not one that mail can be sent to")
    mail = EmailMessage(SMTP)
    try:
        mail["From"], mail["To"], mail["Subject"] = sender, message.to, message.subject
    except Exception:  # The parser of headers fails in many ways; none of them may end what sends.
        raise MessageNotSent("the address or the subject cannot stand in a mail") from None
    mail["Date"] = formatdate(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _as_text(message: OutgoingMessage) -> bytes:
    if not _PHONE.fullmatch(message.to):
        raise MessageNotSent("the number is not one that text messages can be sent to")
    return f"{message.to}\n\n{message.text}\n".encode()
