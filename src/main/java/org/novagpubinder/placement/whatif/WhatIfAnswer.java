package org.novagpubinder.placement.whatif;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.placement.model.Reason;

/**
 * Which further guests of a template would be aligned.
 *
 * @param gpus each GPU that they could use, in the order of the addresses
 * @param together how many fit if they come one after the other, each beside those before it
 * @param stop why there is no more than that
 */
public record WhatIfAnswer(List<OnGpu> gpus, int together, Stop stop) {
    public WhatIfAnswer {
        gpus = List.copyOf(gpus);
    }

    /**
     * One GPU.
     *
     * @param gpu the GPU; the physical function if guests get virtual functions of it
     * @param users domains that use it already
     * @param functions how many functions of it guests can have; 1 for a GPU that is given as a whole or shared
     * @param free how many of them nobody has; null if any number of guests can share it
     * @param alone how many guests fit beside it if all of them get this one
     * @param stop why no more than {@code alone}
     * @param share how many of {@link WhatIfAnswer#together} use it
     */
    public record OnGpu(
            Gpu gpu, int users, int functions, @Nullable Integer free, int alone, Stop stop, int share) {}

    /**
     * Why the next guest would not be aligned.
     *
     * @param code a code of {@link Reason.Code}, or in-use, host-driver, given-out, too-few-gpus, no-gpu, counted-enough
     * @param text one sentence with the figures
     */
    public record Stop(String code, String text) {
        /** More were not looked for; there may well be some. */
        public static final String COUNTED_ENOUGH = "counted-enough";

        static Stop of(Reason why) {
            return new Stop(why.code().word(), why.text());
        }

        static Stop enough(int count) {
            return new Stop(COUNTED_ENOUGH, "more than " + count + " are not counted");
        }

        static Stop noGpu(GuestTemplate template) {
            String gpu = "this host has no GPU" + (template.model() == null ? "" : " " + template.model());
            return new Stop(
                    "no-gpu",
                    switch (template.kind()) {
                        case RENDER_NODE -> gpu + " with a render node";
                        case PCI -> gpu + " that could be passed through";
                        case MDEV -> gpu + " that could have mediated devices";
                    });
        }
    }
}
