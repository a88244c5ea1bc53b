/** Work on guests: serial per domain, parallel over domains, with time that only goes forward. */
@NullMarked
package org.novagpubinder.binding.work;

import org.jspecify.annotations.NullMarked;
