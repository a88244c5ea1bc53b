/** The values that the planner takes and gives: guest, occupancy, limits, plan, reasons. */
@NullMarked
package org.novagpubinder.placement.model;

import org.jspecify.annotations.NullMarked;
