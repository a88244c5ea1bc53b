package org.novagpubinder.picture.svg;

/**
 * Where the columns of the picture are, and how high a row of them is.
 *
 * @param guests whether there are guests; without any their column is the GPUs'
 * @param density how much room each has
 */
record Columns(boolean guests, Density density) {
    static final double WIDTH = 1200;
    static final double MARGIN = 24;

    /** Of the bar that tells the socket. */
    static final double SOCKET = 28;

    static final double CARD_X = MARGIN + SOCKET + 8;
    static final double CARD_WIDTH = WIDTH - MARGIN - CARD_X;

    /** Between a card's edge and what is beside it in it. */
    static final double PAD = 14;

    static final double NODE_X = CARD_X + PAD;
    static final double NODE_WIDTH = 250;
    static final double GUEST_X = NODE_X + NODE_WIDTH + 28;
    static final double GUEST_WIDTH = 372;

    /** Of a band that is one line. */
    static final double COLLAPSED = 26;

    private static final double GPU_WIDTH = 316;
    private static final double GPU = 42;
    private static final double LINE = 15;

    /** How much room there is for each. */
    enum Density {
        /** A guest has two lines. */
        ROOMY(42, 7, PAD, 8),
        /** A guest has one line. */
        NARROW(25, 7, PAD, 8),
        /** All have one line, a node two: sixteen nodes fit a screen. */
        DENSE(21, 4, 6, 5);

        private final double guest;
        private final double gap;
        private final double pad;
        private final double between;

        Density(double guest, double gap, double pad, double between) {
            this.guest = guest;
            this.gap = gap;
            this.pad = pad;
            this.between = between;
        }
    }

    boolean roomy() {
        return density == Density.ROOMY;
    }

    boolean dense() {
        return density == Density.DENSE;
    }

    double guestHeight() {
        return density.guest;
    }

    /** Between boxes above each other. */
    double gap() {
        return density.gap;
    }

    /** Between a card's upper or lower edge and what is in it. */
    double pad() {
        return density.pad;
    }

    double betweenBands() {
        return density.between;
    }

    /** How many GPUs stand beside each other. */
    int gpusInARow() {
        return guests ? 1 : 2;
    }

    double gpuX(int column) {
        double right = CARD_X + CARD_WIDTH - PAD;
        return guests ? right - GPU_WIDTH : GUEST_X + column * (gpuWidth() + gap());
    }

    double gpuWidth() {
        return guests ? GPU_WIDTH : (CARD_X + CARD_WIDTH - PAD - GUEST_X - gap()) / 2;
    }

    double gpuHeight(int parts) {
        return dense() ? density.guest : GPU + parts * LINE;
    }

    /** What a node's own words need. */
    double nodeHeight(boolean cpus, boolean load, int hugePages) {
        return dense() ? 36 : (cpus ? 66 : 48) + (load ? NodeSvg.LOAD : 0) + hugePages * LINE;
    }
}
