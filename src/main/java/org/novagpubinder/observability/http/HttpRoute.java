package org.novagpubinder.observability.http;

/** One path that is served; add it to the set of routes with a Multibinder. */
public interface HttpRoute {
    /** The path, exactly: "/metrics". */
    String path();

    /** Answers a GET (or HEAD, whose body is left out). Called by several threads at a time; must not wait for libvirt. */
    HttpReply reply(HttpQuery query);
}
