package org.novagpubinder.observability.http;

import java.util.Optional;

/**
 * What a client asks for.
 *
 * @param accept the header Accept
 * @param query what stands behind "?", as it came
 */
public record HttpQuery(Optional<String> accept, Optional<String> query) {}
