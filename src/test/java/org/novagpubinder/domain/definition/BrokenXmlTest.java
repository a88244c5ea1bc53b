package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** What is told of a text that is no XML: in our words, not in the parser's, which are those of the user's language. */
class BrokenXmlTest {
    private final DomainXml xml = new DomainXml();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|empty: no XML",
                "'~~'|empty: no XML",
                "'{\"a\": 1}'|line 1, column 1: no XML: it does not begin with '<'",
                "'~junk<domain/>'|line 2, column 1: no XML: it does not begin with '<'",
                "'<domain>~<name>a'|line 2, column 8: it ends inside <name>: is it cut off?",
                "'<domain>~<vcpu pla'|line 2, column 10: it ends inside <domain>: is it cut off?",
                "'<dom'|line 1, column 5: it ends inside its first tag: is it cut off?",
                "'<domain>~<devices>~</domain>'|line 3, column 3: </domain> stands where </devices> has to: <devices> of line 2"
                        + " is not closed",
                "'<domain></domain>~<domain/>'|line 2, column 2: behind </domain> stands something else: give each domain a"
                        + " file of its own",
                "'<domain></domain>~more'|line 2, column 1: behind </domain> stands something else: give each domain a file"
                        + " of its own",
                "'<domain><name>a&b</name></domain>'|line 1, column 18: '&' begins an entity that is none of XML's: a mere"
                        + " '&' is written &amp;",
                "'<domain><name>a&nbsp;b</name></domain>'|line 1, column 22: '&' begins an entity that is none of XML's: a"
                        + " mere '&' is written &amp;",
                "'<domain><name>\u0001</name></domain>'|line 1, column 15: holds the character U+0001, which XML does not"
                        + " allow",
                "'<domain>~<vcpupin vcpu=0/></domain>'|line 2, column 15: the tag <vcpupin> cannot be read: attributes are"
                        + " NAME=\"VALUE\", each once, a prefix has its xmlns; a mere '<' is written &lt;",
                "'<domain>~<vcpupin vcpu=\"0\" vcpu=\"1\"/></domain>'|line 2, column 29: the tag <vcpupin> cannot be read:"
                        + " attributes are NAME=\"VALUE\", each once, a prefix has its xmlns; a mere '<' is written &lt;",
                "'<x:domain/>'|line 1, column 12: the tag <x:domain> cannot be read:"
                        + " attributes are NAME=\"VALUE\", each once, a prefix has its xmlns; a mere '<' is written &lt;",
                "'~<?xml version=\"1.0\"?><domain/>'|line 2, column 6: the XML declaration does not stand at the very"
                        + " beginning",
                "'<!DOCTYPE domain><domain/>'|line 1, column 10: a DOCTYPE is not read; libvirt's XML has none",
            })
    void whatIsWrongIsSaidPlainlyWithItsPlace(String text, String told) {
        assertThatThrownBy(() -> xml.read(text.replace('~', '\n')))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessage(told);
    }

    @Test
    void theUsersLanguageChangesNothing() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.JAPAN);
            assertThatThrownBy(() -> new DomainXml().read("<domain><name>a</domain>"))
                    .hasMessage(
                            "line 1, column 18: </domain> stands where </name> has to: <name> of line 1 is not closed");
        } finally {
            Locale.setDefault(before);
        }
    }
}
