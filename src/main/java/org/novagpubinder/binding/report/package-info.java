/** What would be done and how the guests stand; changes nothing. */
@NullMarked
package org.novagpubinder.binding.report;

import org.jspecify.annotations.NullMarked;
