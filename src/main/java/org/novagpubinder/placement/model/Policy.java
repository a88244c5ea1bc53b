package org.novagpubinder.placement.model;

/**
 * What the operator wants for one guest.
 *
 * @param addRenderNode whether a guest without a GPU is given a render node ({@code gpu_binder:render_node=auto})
 */
public record Policy(PolicyMode mode, boolean addRenderNode) {}
