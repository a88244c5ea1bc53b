/** What is on the host now: each domain as it was looked at, and who holds which CPUs, memory and GPUs. */
@NullMarked
package org.novagpubinder.binding.inventory;

import org.jspecify.annotations.NullMarked;
