using System.Text.RegularExpressions;

namespace LearnFlow.Agents.Debug;

/// <summary>How students say what they expect. No pattern goes over its text more than a few times.</summary>
internal static partial class ExpectationPatterns
{
    private const string Flat = @"[\[({][^\[\](){}\n]{0,200}[\])}]";

    private const string Nested = @"[\[({](?:[^\[\](){}\n]|" + Flat + @"){0,200}[\])}]";

    /// <summary>A list, tuple, set or dictionary, with others in it and in those.</summary>
    private const string Collection = @"[\[({](?:[^\[\](){}\n]|" + Nested + @"){0,200}[\])}]";

    /// <summary>A value that can be nothing else.</summary>
    private const string Literally = """(?<value>`[^`\n]{1,200}`|"[^"\n]{1,200}"|'[^'\n]{1,200}'|""" + Collection + """|\d{1,3}(?::\d{1,2}){1,2}|-?\d+(?:\.\d+)?(?:,? -?\d+(?:\.\d+)?){0,20}|True|False|None)""";

    /// <summary>What is typed in: a number, something in quotes, or a word that is no part of a sentence.</summary>
    private const string TypedValue = """(?:-?\d+(?:\.\d+)?|"[^"\n]{0,60}"|'[^'\n]{0,60}'|`[^`\n]{1,60}`|\b(?!(?:and|then|in|it|i|my|the|a|an|this|that|to|for|is|as|on|of|at|so|but|there|here|something|anything|number|numbers|word|words|text|name|names|wrong|right|correct|again|two|some|more|one|any|code|twice|when|what|value|values|nothing|only|into|with|input)\b(?!\s+and\s+then))[A-Za-z]\w{0,20}\b(?=\s*(?:$|[.,;:!?)]|\b(?:and|it|the|there|but|then|i|for|as|python|my|nothing|or|a|its|program|in)\b)))""";

    private const string Value = """(?<value>`[^`\n]{1,200}`|"[^"\n]{0,200}"|'[^'\n]{0,200}'|""" + Collection + """|\d{1,3}(?::\d{1,2}){1,2}|-?\d+(?:\.\d+)?(?:,? -?\d+(?:\.\d+)?){0,20}|[A-Za-z]\w{0,30}(?![\w(]))""";

    [GeneratedRegex(@"\b(?:(?:sh?ou?l?d|shoudl|must|has to|have to|supposed to|meant to|ought to|needs? to|want (?:it|this) to|expect(?:ed|ing)? (?:it|this) to|expect(?:ed|ing)? to)\s+(?:(?:only|just|really|actually|also|always)\s+)?(?:have\s+)?(?:be|return|print|give|output|show|display|say|get|see|equal|become|produce|go|count|come out as|look like|add up to)(?:ed|s|n)?(?:\s+(?:me|back|out|about|around|exactly|only|just|like|roughly))*|expect(?:ed|ing|s)?(?:\s+(?:output|result|answer|value|return|return value))?(?:\s*:|\s+is|\s+was|\s+were)?|(?:instead of|rather than)(?:\s+(?:getting|returning|printing|giving))?|(?:comes? out as|gives?|returns?|prints?|get|got)\s+[^\n.]{1,80}?\s+and not|(?:correct|right)(?: (?:answer|result|output|value))?\s*(?:is|should be|would be|=|:)|(?:sheet|solutions?|book|teacher|tests?|task|exercise|checker|grader|answer)\s+(?:says?|wants?|expects?|shows?|gives?)|AssertionError:\s*[^\n]{1,200}?\s*!=)\s+" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex Expected();

    /// <summary>A word by itself after "I want" is hardly what a program should print; "12 would be right" is.</summary>
    [GeneratedRegex(@"\b(?:want(?:ed)?|need(?:ed)?)(?:\s+(?:the answer|the result))?\s+" + Literally + @"|" + Literally + @"\s+(?:would be|would have been|is|was) (?:right|correct|expected|the (?:right|correct) (?:answer|result))\b|=\s*" + Literally + @"\s*,?\s*(?:but|and not|not)\b", RegexOptions.IgnoreCase)]
    public static partial Regex Wanted();

    /// <summary>"I wanted it up to 5", of which the 5 is missed.</summary>
    [GeneratedRegex(@"\b(?:want(?:ed)?|should|expect(?:ed)?|supposed|need(?:ed)?)\b[^.\n]{0,40}?\b(?:up to|until|till|through|to|including)\s+(?<value>\d+)\b(?!\s*\w*\s*(?:times|numbers|values))", RegexOptions.IgnoreCase)]
    public static partial Regex WantedUpTo();

    /// <summary>Something is not as it should be.</summary>
    [GeneratedRegex(@"\b(?:but|instead|wrong|why|however|although|only|still)\b|n['’]?t\b|\bnot\b|\?", RegexOptions.IgnoreCase)]
    public static partial Regex Complaint();

    [GeneratedRegex(@"\b(?:works?|fine|ok|okay|perfect|correct|right)\b", RegexOptions.IgnoreCase)]
    public static partial Regex Works();

    [GeneratedRegex(@"[A-Za-z]{4,20}")]
    public static partial Regex LongWord();

    /// <summary>A number with its unit: "20C".</summary>
    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?[A-Za-z]{1,3}\b")]
    public static partial Regex Measures();

    [GeneratedRegex(@"(?<!\w)(?<quote>[""'`])(?<text>[^""'`\n]{1,60})\k<quote>(?!\w)")]
    public static partial Regex Quoted();

    [GeneratedRegex(@"(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)")]
    public static partial Regex Numbers();

    [GeneratedRegex(@"^" + Literally + "$")]
    public static partial Regex Literal();

    [GeneratedRegex(@"(?<![\w.:])" + Literally + @"(?![\w:]|\.\d)")]
    public static partial Regex Literals();

    [GeneratedRegex(@"(?:\b(?:but|and|it|i|actually|always|just|only|instead|keeps?|that|which|function|program|code|python|mine|answer|result|output)\b[^\n.]{0,20}?\b|\)\s*)(?:gets?|got|getting|returns?|returned|returning|prints?|printed|printing|gives?|gave|giving|outputs?|shows?|showing|says?|is|was|see|be|goes|counts|tells me)(?:\s+(?:me|back|out|always|just|only))*\s*:?\s+" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex Actual();

    [GeneratedRegex(@"\b(?<name>[A-Za-z_]\w{0,60})\((?<arguments>(?:[^\[\](){}\n]|" + Collection + @"){0,300})\)")]
    public static partial Regex Call();

    /// <summary>What follows a call that a student writes down: what it should give, by a sign, by a word, or as the example of an exercise sheet.</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:==|(?<sign>=>|->|→|=(?!=))|(?:(?:is|was|are|it's|its)\s+)?(?:\bto\b|should|must|has to|have to|supposed to|meant to|needs to|ought to|would have to|expected to)\s+(?:\w+\s+){0,2}?(?:be|give|return|print|output|show|equal|produce|evaluate to|come out as)\s*(?:me|back|out)?\s*:?|\s*\n+\s*(?:expected|should be|should give|should return)\s*:?)\s*" + Value, RegexOptions.IgnoreCase)]
    public static partial Regex AfterCall();

    /// <summary>What follows a call that a student writes down, be it what it gives or what it should.</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:is|returns?|gives?|prints?|outputs?)\s*:?\s*" + Literally, RegexOptions.IgnoreCase)]
    public static partial Regex BesideCall();

    /// <summary>"Why is top(3) True?"</summary>
    [GeneratedRegex(@"\G[`""]?\s*(?:is |gives? |returns? |= ?)?(?<value>True|False)\b")]
    public static partial Regex AskedAfterCall();

    /// <summary>A question that has just begun.</summary>
    [GeneratedRegex(@"\bwhy\b[^.?!\n]{0,30}$", RegexOptions.IgnoreCase)]
    public static partial Regex Why();

    /// <summary>The example of an exercise sheet: the call after Python's prompt, and on the next line what it gives.</summary>
    [GeneratedRegex(@"\G[ \t]*\n[ \t]*(?!>>>)" + Value + @"[ \t]*(?=\n|$)", RegexOptions.IgnoreCase)]
    public static partial Regex BelowCall();

    [GeneratedRegex(@"\b(?:for|with|of|when (?:n|x|i (?:call|try|use) it with|the input is)(?: is|=)?)\s+(?<value>-?\d+(?:\.\d+)?|""[^""\n]{0,100}""|'[^'\n]{0,100}'|\[[^\[\]\n]{0,200}\])", RegexOptions.IgnoreCase)]
    public static partial Regex ForValue();

    [GeneratedRegex(@"\b(?:enter(?:ed|ing)?|typ(?:e|ed|ing)(?:\s+in)?|inputs?(?:ted|ting)?|put in|input is)\s*:?\s+(?<values>(?:(?:(?:and|then|,|in)\s*)*" + TypedValue + @"\s*){1,8})", RegexOptions.IgnoreCase)]
    public static partial Regex Typed();

    [GeneratedRegex(TypedValue, RegexOptions.IgnoreCase)]
    public static partial Regex Values();

    [GeneratedRegex(@"\bexpected(?: output| result)?\s*:[ \t]*\n(?<expected>(?:[^\n]*\n){1,40}?)\s*(?:but|actual|got|i get|i got|my output|output|instead|it prints|current)[^\n]{0,40}:?[ \t]*\n(?<actual>(?:[^\n]*\n?){1,40})", RegexOptions.IgnoreCase, 50)]
    public static partial Regex Blocks();

    /// <summary>Several words, as they come out.</summary>
    [GeneratedRegex(@"\bexpected (?:output|result|answer)\s*(?::|is|=)\s*(?<value>[A-Za-z]\w*(?: [A-Za-z]\w*){1,12})\s*(?:[.,;!?\n]|$)", RegexOptions.IgnoreCase)]
    public static partial Regex ExpectedText();

    /// <summary>The words that come out instead.</summary>
    [GeneratedRegex(@"\b(?:my|actual|current|the) (?:output|result|answer)\s*(?::|is|=)\s*(?<value>[A-Za-z]\w*(?: [A-Za-z]\w*){0,12})\s*(?:[.,;!?\n]|$)", RegexOptions.IgnoreCase)]
    public static partial Regex ActualText();

    [GeneratedRegex(@"^[ \t]*>>>[ \t]*(?<call>[^\n]{1,200})\n[ \t]*(?<value>[^>\n""'][^\n]{0,200}|'[^\n]{0,200}|""[^""\n]{0,200}"")$", RegexOptions.Multiline)]
    public static partial Regex Doctest();

    [GeneratedRegex(@"#\s*(?:(?:it )?should (?:be|print|return|give|output)|expect(?:ed|s)?(?: output)?|want|must be|->|=>|=)\s*:?\s*(?<value>[^\n#]{1,200})$", RegexOptions.IgnoreCase)]
    public static partial Regex Comment();

    [GeneratedRegex(@"^(?:(?-i:a)|an|the|it|this|that|to|be|me|my|all|each|every|one|some|any|just|only|both|what|when|if|so|them|not|no|nothing|wrong|right|correct|output|result|answer|number|numbers|list|string|value|values|text|word|words|sum|average|back|out|different|same|something|an?other|printed|returned|getting|returning|printing|in|on|for|like|at|of|or|and|is|are|was|get|return|print|error|errors|fine|well|true if|false if|how|why|you|your|i|we|there|these|those|weird|always|still|getting|help|know|output|stop|work|working)$", RegexOptions.IgnoreCase)]
    public static partial Regex NoValue();
}
