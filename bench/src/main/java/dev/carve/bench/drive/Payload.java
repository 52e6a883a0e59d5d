package dev.carve.bench.drive;

/** What one request moves. */
public enum Payload {
    JSON("/json", 150, 0),
    /** A document that a copy is answered with as well, byte for byte. */
    SAME("/same", 2048, 0),
    /** The same document; a copy gets it with its keys in another order. */
    SHUFFLED("/shuffled", 2048, 0),
    /** The same document; a copy gets no answer. */
    HANGING("/hanging", 2048, 0),
    ANSWER_10K("/10k", 10 * 1024, 0),
    ANSWER_1M("/1m", 1024 * 1024, 0),
    UPLOAD_1M("/upload", 2, 1024 * 1024);

    private final String path;
    private final int answerBytes;
    private final int requestBytes;

    Payload(String path, int answerBytes, int requestBytes) {
        this.path = path;
        this.answerBytes = answerBytes;
        this.requestBytes = requestBytes;
    }

    public String path() {
        return path;
    }

    public int answerBytes() {
        return answerBytes;
    }

    public int requestBytes() {
        return requestBytes;
    }

    /** The bytes of body that one exchange moves, in whichever direction. */
    public int movedBytes() {
        return Math.max(answerBytes, requestBytes);
    }
}
