package org.novagpubinder.notification;

/** A broker that cannot be used as configured. */
public final class BrokerTrouble extends Exception {
    private static final long serialVersionUID = 1;

    private final String text;
    private final String remedy;

    BrokerTrouble(String text, String remedy) {
        super(text + "; " + remedy);
        this.text = text;
        this.remedy = remedy;
    }

    /** What is wrong, without the password. */
    public String text() {
        return text;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
