# trees.pl SOURCE OUT WORK: see trees.sh. Compiles each unit of SOURCE's compile_commands.json there and
# in OUT, with the same flags, into WORK; prints columns of a table.
use strict;
use warnings;
use JSON::PP;
use Text::ParseWords;

my ($source, $out, $work) = @ARGV;
my ($units, @code, @seconds) = (0);
@code = @seconds = (0, 0);

# Without its output and its dependency files, which belong to the tree's own build.
sub arguments {
    my ($unit) = @_;
    my @all = $unit->{arguments} ? @{ $unit->{arguments} } : shellwords($unit->{command});
    my @kept;
    while (defined(my $word = shift @all)) {
        if ($word =~ /^-(o|MF|MT|MQ)$/) { shift @all }
        elsif ($word !~ /^-(M[DMP]*|M[FTQ].*|Wp,-M.*)$/) { push @kept, $word }
    }
    return @kept;
}

sub code {
    my $sum = 0;
    for (qx(size -A $work/unit.o)) { $sum += $1 if /^\.text\S*\s+(\d+)/ }
    return $sum;
}

sub compile {
    my ($which, $folder, @words) = @_;
    unlink "$work/unit.o";
    my @before = times;
    my $pid = fork // die;
    if (!$pid) {
        chdir $folder or die "$folder: $!";
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', "$work/errors";
        exec @words, '-o', "$work/unit.o" or die;
    }
    waitpid $pid, 0;
    die "in $folder: @words: status $?" if $?;
    my @after = times;
    $seconds[$which] += $after[2] + $after[3] - $before[2] - $before[3];
    $code[$which] += code();
}

my (%seen, $text);
{ local $/; open my $file, '<', "$source/compile_commands.json" or die $!; $text = <$file>; }
for my $unit (@{ decode_json($text) }) {
    my @words = arguments($unit);
    next unless grep { $_ eq '-c' } @words and $unit->{file} =~ /\.c$/;
    next if $seen{ join "\0", $unit->{directory}, @words }++;
    compile(0, $unit->{directory}, @words);
    s/\Q$source\E(?![^\/])/$out/g for my @there = ($unit->{directory}, @words);
    compile(1, @there);
    $units++;
}
printf '%d | %d | %d | %.2f | %.1f | %.1f | %.2f', $units, @code, $code[1] / $code[0], @seconds, $seconds[1] / $seconds[0];
