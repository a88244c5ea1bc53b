/** Changes of a domain's definition beside Nova, and the record that tells of them. */
@NullMarked
package org.novagpubinder.binding.definition;

import org.jspecify.annotations.NullMarked;
