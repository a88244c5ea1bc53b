package org.novagpubinder.observability.http;

import java.util.Optional;

/** One path that is served; add it to the set of routes with a Multibinder. */
public interface HttpRoute {
    /** The path, exactly: "/metrics". */
    String path();

    /**
     * Answers a GET (or HEAD, whose body is left out). Called by several threads at a time; must not wait for libvirt.
     *
     * @param accept the header Accept
     */
    HttpReply reply(Optional<String> accept);
}
