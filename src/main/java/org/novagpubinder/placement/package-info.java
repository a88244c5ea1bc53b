/** The planner: a pure function from host, guest, occupancy and policy to a plan with reasons. */
@NullMarked
package org.novagpubinder.placement;

import org.jspecify.annotations.NullMarked;
