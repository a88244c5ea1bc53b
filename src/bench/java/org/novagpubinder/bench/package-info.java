/** Benchmarks; src/bench/run runs them. */
@NullMarked
package org.novagpubinder.bench;

import org.jspecify.annotations.NullMarked;
