/** Tools for tests and for src/dev: no tests themselves. */
@NullMarked
package org.novagpubinder.testing;

import org.jspecify.annotations.NullMarked;
