/** A small HTTP server for routes that only tell. */
@NullMarked
package org.novagpubinder.observability.http;

import org.jspecify.annotations.NullMarked;
