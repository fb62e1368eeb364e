/// How the cells of one site are best computed. In go a graph, a site, its units and what is
/// measured; each way there is becomes counts of work, and rates of the machine make times of them.
/// Out comes the cheapest [io.patchbay.analysis.sweep.route.Way], or one site's sweep that goes it.
@NullMarked
package io.patchbay.analysis.sweep.route;

import org.jspecify.annotations.NullMarked;
