/** XML that is edited without touching the rest of it, and the values in domain XML as libvirt reads them. */
@NullMarked
package org.novagpubinder.domain.xml;

import org.jspecify.annotations.NullMarked;
