/** Which policy holds for a guest: its flavor's, a rule of the configuration, or the host's. */
@NullMarked
package org.novagpubinder.binding.policy;

import org.jspecify.annotations.NullMarked;
