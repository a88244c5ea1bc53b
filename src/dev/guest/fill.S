# fill: a guest without an OS (a multiboot kernel; QEMU loads it as <kernel>).
# It prints '^' on the first serial port, writes a word into every 4 KiB page of its memory above 2 MiB, prints '#' and
# halts. If its command line ends in 'w', it then also writes one sector to the first IDE disk and prints 'w'. If it ends
# in 'b', it waits for two to three seconds before, as firmware and a kernel take to boot.
#   as --32 fill.S -o fill.o && ld -m elf_i386 -N -Ttext 0x100000 fill.o -o fill
        .set MULTIBOOT_MAGIC, 0x1BADB002
        .set WANT_MEMORY_INFO, 2
        .set COM1, 0x3f8
        .set IDE, 0x1f0
        .set RTC, 0x70
        .text
        .align 4
        .long MULTIBOOT_MAGIC, WANT_MEMORY_INFO, -(MULTIBOOT_MAGIC + WANT_MEMORY_INFO)

        .macro print character
        movb $\character, %al
        movw $COM1, %dx
        outb %al, %dx
        .endm
        .macro ide register value
        movb $\value, %al
        movw $(IDE + \register), %dx
        outb %al, %dx
        .endm

        .macro seconds
        xorb %al, %al
        outb %al, $RTC
        inb $(RTC + 1), %al
        .endm

        .globl _start
_start: cli
        print '^'
        movl 16(%ebx), %esi             # the command line
5:      lodsb
        testb %al, %al
        jnz 5b
        cmpb $'b', -2(%esi)
        jne fill
        movl $3, %ecx
6:      seconds
        movb %al, %ah
7:      seconds
        cmpb %al, %ah
        je 7b
        loop 6b

fill:
        movl 8(%ebx), %eax              # multiboot information: KiB of memory above 1 MiB
        shll $10, %eax
        addl $0x100000, %eax
        movl $0x200000, %edi
1:      movl %edi, (%edi)
        addl $4096, %edi
        cmpl %eax, %edi
        jb 1b
        print '#'

        movl 16(%ebx), %esi
2:      lodsb
        testb %al, %al
        jnz 2b
        cmpb $'w', -2(%esi)
        jne halt
        ide 6, 0xe0                     # first disk, LBA 1, one sector
        ide 2, 1
        ide 3, 1
        ide 4, 0
        ide 5, 0
        ide 7, 0x30                     # WRITE SECTORS
3:      inb %dx, %al
        testb $0x80, %al                # BSY
        jnz 3b
        testb $0x08, %al                # DRQ
        jz 3b
        movl $0x100000, %esi
        movl $256, %ecx
        movw $IDE, %dx
        rep outsw
        ide 7, 0xe7                     # FLUSH CACHE
4:      inb %dx, %al
        testb $0x80, %al
        jnz 4b
        print 'w'
halt:   hlt
        jmp halt
