/** What is to be done with a guest, as a value: made by a pure function, carried out by the engine, printed by a dry run. */
@NullMarked
package org.novagpubinder.binding.steps;

import org.jspecify.annotations.NullMarked;
