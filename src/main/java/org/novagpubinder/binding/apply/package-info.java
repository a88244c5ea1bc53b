/** Binds a guest: plans, then sets pins, memory and definition, and reads back what libvirt made of them. */
@NullMarked
package org.novagpubinder.binding.apply;

import org.jspecify.annotations.NullMarked;
