package org.novagpubinder.picture.svg;

/**
 * Where the columns of the picture are, and how high a row of them is.
 *
 * @param guests whether there are guests; without any their column is the GPUs'
 * @param roomy whether a guest has two lines
 */
record Columns(boolean guests, boolean roomy) {
    static final double WIDTH = 1200;
    static final double MARGIN = 24;

    /** Of the bar that tells the socket. */
    static final double SOCKET = 28;

    static final double CARD_X = MARGIN + SOCKET + 8;
    static final double CARD_WIDTH = WIDTH - MARGIN - CARD_X;

    /** Between a card's edge and what is in it. */
    static final double PAD = 14;

    static final double NODE_X = CARD_X + PAD;
    static final double NODE_WIDTH = 250;
    static final double GUEST_X = NODE_X + NODE_WIDTH + 28;
    static final double GUEST_WIDTH = 372;

    /** Between boxes above each other. */
    static final double GAP = 7;

    private static final double GPU_WIDTH = 316;
    private static final double BOX = 42;
    private static final double NARROW_BOX = 25;
    private static final double LINE = 15;

    double guestHeight() {
        return roomy ? BOX : NARROW_BOX;
    }

    /** How many GPUs stand beside each other. */
    int gpusInARow() {
        return guests ? 1 : 2;
    }

    double gpuX(int column) {
        double right = CARD_X + CARD_WIDTH - PAD;
        return guests ? right - GPU_WIDTH : GUEST_X + column * (gpuWidth() + GAP);
    }

    double gpuWidth() {
        return guests ? GPU_WIDTH : (CARD_X + CARD_WIDTH - PAD - GUEST_X - GAP) / 2;
    }

    double gpuHeight(int parts) {
        return BOX + parts * LINE;
    }

    /** What a node's own words need. */
    static double nodeHeight(boolean cpus, int hugePages) {
        return (cpus ? 66 : 48) + hugePages * LINE;
    }
}
