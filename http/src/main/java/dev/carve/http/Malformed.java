package dev.carve.http;

import dev.carve.runtime.Failure;

/** Each way in which a message is refused (RFC 9112), with what its sender is told. */
public enum Malformed {
    START_LINE(Failure.Kind.BAD_REQUEST, "malformed start line"),
    METHOD(Failure.Kind.BAD_REQUEST, "malformed method"),
    TARGET(Failure.Kind.BAD_REQUEST, "malformed request target"),
    VERSION(Failure.Kind.UNSUPPORTED_VERSION, "version is not HTTP/1.0 or HTTP/1.1"),
    INTERIM_LENGTH(Failure.Kind.BAD_REQUEST, "interim answer with a body"),
    STATUS(Failure.Kind.BAD_REQUEST, "malformed status code"),
    BARE_CR_OR_LF(Failure.Kind.BAD_REQUEST, "line does not end with CRLF"),
    FIELD_NAME(Failure.Kind.BAD_REQUEST, "malformed field name"),
    FIELD_VALUE(Failure.Kind.BAD_REQUEST, "control character in a field value"),
    FOLDED_FIELD(Failure.Kind.BAD_REQUEST, "field value is folded over lines"),
    HOST_MISSING(Failure.Kind.BAD_REQUEST, "no Host field"),
    HOST_REPEATED(Failure.Kind.BAD_REQUEST, "more than one Host field"),
    HOST(Failure.Kind.BAD_REQUEST, "malformed Host field"),
    HOST_DIFFERS(Failure.Kind.BAD_REQUEST, "Host field differs from the target"),
    LENGTH(Failure.Kind.BAD_REQUEST, "malformed Content-Length"),
    LENGTH_REPEATED(Failure.Kind.BAD_REQUEST, "more than one Content-Length"),
    LENGTH_AND_CODING(Failure.Kind.BAD_REQUEST, "both Content-Length and Transfer-Encoding"),
    CODING_IN_1_0(Failure.Kind.BAD_REQUEST, "Transfer-Encoding in HTTP/1.0"),
    CODING(Failure.Kind.BAD_REQUEST, "malformed Transfer-Encoding"),
    CODING_UNKNOWN(Failure.Kind.UNSUPPORTED_CODING, "transfer coding other than chunked"),
    CONNECTION(Failure.Kind.BAD_REQUEST, "Connection names a field that is not hop-by-hop"),
    CONNECT(Failure.Kind.UNSUPPORTED_CODING, "CONNECT is not supported"),
    CHUNK_SIZE(Failure.Kind.BAD_REQUEST, "malformed chunk size"),
    CHUNK_EXTENSION(Failure.Kind.BAD_REQUEST, "malformed or too long chunk extension"),
    CHUNK_END(Failure.Kind.BAD_REQUEST, "chunk does not end with CRLF"),
    TRAILER(Failure.Kind.BAD_REQUEST, "field is not allowed in a trailer"),
    TRAILER_TOO_LARGE(Failure.Kind.HEAD_TOO_LARGE, "trailer section is too large"),
    TARGET_TOO_LONG(Failure.Kind.TARGET_TOO_LONG, "request target is too long"),
    HEAD_TOO_LARGE(Failure.Kind.HEAD_TOO_LARGE, "head is too large"),
    TOO_MANY_FIELDS(Failure.Kind.HEAD_TOO_LARGE, "too many fields");

    private final Failure.Kind kind;
    private final String text;

    Malformed(Failure.Kind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** What a client that sent this is answered. */
    public Failure inRequest() {
        return Failure.of(kind, text);
    }

    /** What an upstream that sent this has done. */
    public Failure inResponse() {
        return Failure.of(Failure.Kind.BAD_RESPONSE, text);
    }

    public String text() {
        return text;
    }
}
