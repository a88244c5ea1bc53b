package org.novagpubinder.domain.xml;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/** Numbers, sets and sizes in domain XML, each as libvirt reads it; an error names the line, the element and the value. */
public final class XmlValues {
    private static final Pattern UNIT = Pattern.compile("(?i)(b|bytes?)|([kmgtpe])(ib|b)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern SIZE = Pattern.compile("\\d{1,20}");
    private static final Pattern WORD = Pattern.compile("\\w+");
    private static final BigInteger KIB = BigInteger.valueOf(1024);

    private XmlValues() {}

    public static InvalidDomainXml invalid(XmlElement at, String what) {
        return new InvalidDomainXml("line " + at.line() + ": <" + at.name() + "> " + what);
    }

    public static String required(XmlElement e, String attribute) throws InvalidDomainXml {
        String value = e.attribute(attribute);
        if (value == null) {
            throw invalid(e, "lacks the attribute " + attribute);
        }
        return value;
    }

    /** A count or an id, 0 to 65535, as text of {@code e} or one of its attributes. */
    public static int number(XmlElement e, String text) throws InvalidDomainXml {
        String digits = text.strip();
        if (!NUMBER.matcher(digits).matches() || Integer.parseInt(digits) > IdSet.MAX_ID) {
            throw invalid(e, "'" + shortened(digits) + "' is not a number from 0 to " + IdSet.MAX_ID);
        }
        return Integer.parseInt(digits);
    }

    /** A set of CPUs or nodes ({@code virBitmapParse}); libvirt refuses an empty one. */
    public static IdSet ids(XmlElement e, String attribute) throws InvalidDomainXml {
        IdSet set = idsOrEmpty(e, attribute);
        if (set.isEmpty()) {
            throw invalid(e, attribute + " names nothing: '" + shortened(required(e, attribute)) + "'");
        }
        return set;
    }

    /** A set of CPUs or nodes; the attribute may be missing or empty. */
    public static IdSet idsOrEmpty(XmlElement e, String attribute) throws InvalidDomainXml {
        return ids(e, attribute, e.attributes().getOrDefault(attribute, ""));
    }

    /** A set of CPUs or nodes that is the element's text. */
    public static IdSet idsInText(XmlElement e) throws InvalidDomainXml {
        return ids(e, "the text", e.text());
    }

    private static IdSet ids(XmlElement e, String what, String text) throws InvalidDomainXml {
        try {
            return IdSet.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw invalid(e, what + ": " + wrong.getMessage());
        }
    }

    /**
     * A size with a unit, rounded up to KiB; libvirt's {@code virDomainParseMemory} and {@code virScaleInteger}: no unit is
     * KiB, K and KiB are 1024, KB is 1000.
     */
    public static long kib(XmlElement e, String text, @Nullable String unit) throws InvalidDomainXml {
        String digits = text.strip();
        if (!SIZE.matcher(digits).matches()) {
            throw invalid(e, "'" + shortened(digits) + "' is no size");
        }
        BigInteger bytes = new BigInteger(digits).multiply(scale(e, unit));
        BigInteger kib = bytes.add(KIB).subtract(BigInteger.ONE).divide(KIB);
        if (kib.bitLength() > 53) {
            throw invalid(e, "'" + digits + "' is larger than any memory");
        }
        return kib.longValueExact();
    }

    private static BigInteger scale(XmlElement e, @Nullable String unit) throws InvalidDomainXml {
        if (unit == null || unit.isEmpty()) {
            return KIB;
        }
        Matcher m = UNIT.matcher(unit);
        if (!m.matches()) {
            throw invalid(e, "has an unknown unit '" + shortened(unit) + "'");
        }
        if (m.group(1) != null) {
            return BigInteger.ONE;
        }
        boolean decimal = "b".equalsIgnoreCase(m.group(3));
        int power = "kmgtpe".indexOf(m.group(2).toLowerCase(Locale.ROOT)) + 1;
        return BigInteger.valueOf(decimal ? 1000 : 1024).pow(power);
    }

    /**
     * A part of a PCI address ({@code virStrToLong_uip} with base 0): 0x is hex, a leading 0 octal, else decimal; missing is
     * 0.
     */
    public static long pciPart(XmlElement address, String attribute) throws InvalidDomainXml {
        String text = address.attributes().getOrDefault(attribute, "0").strip();
        try {
            if (text.length() <= 12 && WORD.matcher(text).matches()) {
                return Long.decode(text);
            }
        } catch (NumberFormatException e) {
            throw invalid(address, attribute + "='" + text + "' is no number");
        }
        throw invalid(address, attribute + "='" + shortened(text) + "' is no number");
    }

    public static <T> T word(XmlElement e, String attribute, Map<String, T> words, T without) throws InvalidDomainXml {
        String text = e.attribute(attribute);
        if (text == null) {
            return without;
        }
        T value = words.get(text);
        if (value == null) {
            throw invalid(e, attribute + "='" + shortened(text) + "' is not known");
        }
        return value;
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }
}
