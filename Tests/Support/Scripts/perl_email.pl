# Parses the mail in the named file with Perl's Email::MIME and prints it decoded, as one JSON
# object.
use strict;
use warnings;
use Email::MIME;
use JSON::PP;

open my $file, '<:raw', $ARGV[0] or die "$ARGV[0]: $!";
my $mail = Email::MIME->new(do { local $/; <$file> });
my ($text, $html, @parts);
$mail->walk_parts(sub {
    my ($part) = @_;
    my $kind = lc(($part->content_type // 'text/plain') =~ s/;.*//sr);
    push @parts, $kind;
    $text //= $part->body_str if $kind eq 'text/plain';
    $html //= $part->body_str if $kind eq 'text/html';
});
# Email::MIME does not change the line ends.
s/\r\n/\n/g for grep { defined } $text, $html;
my @pairs = $mail->header_str_pairs;
my @headers;
push @headers, [splice @pairs, 0, 2] while @pairs;
print JSON::PP->new->utf8->canonical->encode({
    subject => scalar $mail->header_str('Subject'),
    headers => \@headers, parts => \@parts, text => $text, html => $html,
});
