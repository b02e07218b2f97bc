package io.sallyport.gateway.pass;

/**
 * The server has answered a request by itself: its content could not be decoded, which is the client's fault, and a 400 ended
 * the connection. What upstream says comes too late and is for nobody.
 */
final class AnsweredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AnsweredException() {
        super("the client's content is malformed", null, false, false);
    }
}
