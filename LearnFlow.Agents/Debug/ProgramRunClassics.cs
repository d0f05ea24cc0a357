using LearnFlow.Agents.Python.Syntax;

namespace LearnFlow.Agents.Debug;

/// <summary>A call of a function whose name says what it should do, and what it should give.</summary>
/// <param name="Call">The call.</param>
/// <param name="Expect">The result, as Python writes it; null where any will do that is no error.</param>
/// <param name="Doubtful">Whether that may as well be what it gives now.</param>
internal sealed record ProgramRunTest(string Call, string? Expect, bool Doubtful = false);

/// <summary>
/// The exercises that every course sets. Where a function bears the name of one, it is tried with values whose results
/// are known. Some names mean different things in different courses: then each meaning is a row, and the one counts that
/// fits the program best.
/// </summary>
internal static class ProgramRunClassics
{
    // Words of the name, then pairs of arguments and result. Words in one row all have to be there, `|` divides choices.
    private static readonly (string Name, int Parameters, string[] Pairs)[] Known =
    [
        ("factorial|fact", 1, ["5", "120", "1", "1", "3", "6", "4", "24"]),
        ("is_prime|isprime|prime_check|check_prime", 1, ["2", "True", "9", "False", "7", "True", "15", "False", "4", "False", "13", "True", "25", "False"]),
        ("primes_up_to|get_primes|list_primes|find_primes|primes|prime_numbers|prime_list|sieve|primes_below|all_primes|sieve_of_eratosthenes", 1, ["10", "[2, 3, 5, 7]", "30", "[2, 3, 5, 7, 11, 13, 17, 19, 23, 29]"]),
        ("caesar|caesar_cipher|caesar_encrypt|encrypt|shift_text|caesar_shift|encode", 2, ["'abc', 1", "'bcd'", "'xyz', 3", "'abc'", "'hello', 3", "'khoor'"]),
        ("count_char|count_letter|count_occurrences|letter_count|char_count|count_character|count_letters", 2, ["'banana', 'a'", "3", "'hello', 'l'", "2", "'abc', 'z'", "0"]),
        ("count_occurrences|count_item|occurrences|count_in_list", 2, ["[1, 2, 1, 1], 1", "3", "[1, 2], 5", "0"]),
        ("median|find_median|get_median|calculate_median", 1, ["[3, 1, 2]", "2", "[1, 2, 3, 4]", "2.5", "[5]", "5"]),
        ("max_of_three|largest_of_three|biggest_of_three|max_three|max3|find_largest_of_three", 3, ["1, 2, 3", "3", "9, 2, 5", "9", "2, 7, 4", "7", "5, 5, 1", "5"]),
        ("is_sorted|issorted|check_sorted", 1, ["[1, 2, 3]", "True", "[3, 1, 2]", "False", "[1, 3, 2]", "False", "[1]", "True"]),
        ("common_elements|common|intersection|get_common|find_common", 2, ["[1, 2, 3], [2, 3, 4]", "[2, 3]", "[1], [2]", "[]"]),
        ("remove_vowels|delete_vowels|without_vowels|strip_vowels", 1, ["'hello'", "'hll'", "'banana'", "'bnn'", "'xyz'", "'xyz'"]),
        ("to_binary|decimal_to_binary|dec_to_bin|binary", 1, ["5", "'101'", "8", "'1000'", "1", "'1'"]),
        ("binary_to_decimal|bin_to_dec|to_decimal|from_binary", 1, ["'101'", "5", "'1000'", "8", "'1'", "1"]),
        ("hypotenuse|pythagoras", 2, ["3, 4", "5.0", "6, 8", "10.0"]),
        ("sum_to_n|sum_up_to|sum_n|sum_to|sum_numbers_to|gauss", 1, ["5", "15", "1", "1", "10", "55"]),
        ("fib|fibonacci", 1, ["1", "1", "2", "1", "5", "5", "7", "13", "10", "55"]),
        ("fib|fibonacci", 1, ["1", "0", "2", "1", "5", "3", "7", "8", "10", "34"]),
        ("fib|fibonacci", 1, ["1", "1", "2", "2", "5", "8", "7", "21"]),
        ("fib|fibonacci|fibonacci_sequence|fib_sequence", 1, ["5", "[0, 1, 1, 2, 3]", "7", "[0, 1, 1, 2, 3, 5, 8]"]),
        ("fib|fibonacci|fibonacci_sequence|fib_sequence", 1, ["5", "[1, 1, 2, 3, 5]", "7", "[1, 1, 2, 3, 5, 8, 13]"]),
        ("is_palindrome|palindrome|ispalindrome|check_palindrome", 1, ["'level'", "True", "'hello'", "False", "'abba'", "True", "'abca'", "False", "'ab'", "False", "'x'", "True"]),
        ("reverse_string|reverse|reverse_text|string_reverse|rev|reverse_word", 1, ["'abc'", "'cba'", "'hello'", "'olleh'", "'x'", "'x'"]),
        ("reverse_list|reverse", 1, ["[1, 2, 3]", "[3, 2, 1]", "[4, 5]", "[5, 4]"]),
        ("count_vowels|vowel_count|vowels|num_vowels|countvowels", 1, ["'hello'", "2", "'rhythm'", "0", "'education'", "5", "'banana'", "3"]),
        ("is_even|iseven|even", 1, ["4", "True", "7", "False", "0", "True", "1", "False"]),
        ("is_odd|isodd|odd", 1, ["4", "False", "7", "True", "0", "False", "1", "True"]),
        ("average|avg|mean|get_average|calculate_average|find_average|calc_average|compute_average", 1, ["[2, 4, 6]", "4.0", "[1, 2]", "1.5", "[5]", "5.0", "[10, 20, 30, 45]", "26.25"]),
        ("sum_list|list_sum|sum_of_list|total|sum_numbers|add_all|sum_all|my_sum|calculate_sum|get_sum|calculate_total|get_total|array_sum|sum_array", 1, ["[1, 2, 3]", "6", "[5]", "5", "[10, -4, 7, 8]", "21"]),
        ("product|multiply_list|multiply_all|product_of_list|list_product|product_list", 1, ["[1, 2, 3, 4]", "24", "[5]", "5", "[2, 3]", "6"]),
        ("find_max|get_max|max_list|maximum|my_max|largest|find_largest|list_max|max_of_list|max_in_list|find_maximum|max_value|get_largest|biggest|find_biggest|max_num", 1, ["[3, 9, 2]", "9", "[-5, -2, -8]", "-2", "[7]", "7", "[1, 2, 3]", "3", "[8, 1, 2]", "8"]),
        ("find_min|get_min|min_list|minimum|my_min|smallest|find_smallest|list_min|min_of_list|min_in_list|find_minimum|min_value|get_smallest", 1, ["[3, 9, 2]", "2", "[5, 2, 8]", "2", "[7]", "7", "[1, 2, 3]", "1", "[-4, 0]", "-4"]),
        ("celsius_to_fahrenheit|c_to_f|to_fahrenheit|celsiustofahrenheit|convert_to_fahrenheit|fahrenheit|c2f|celcius_to_fahrenheit", 1, ["0", "32", "100", "212", "37", "98.6", "-40", "-40"]),
        ("fahrenheit_to_celsius|f_to_c|to_celsius|fahrenheittocelsius|convert_to_celsius|celsius|f2c|fahrenheit_to_celcius", 1, ["32", "0", "212", "100", "98.6", "37.0", "-40", "-40"]),
        ("is_leap_year|leap_year|is_leap|isleap|leap", 1, ["2000", "True", "1900", "False", "2024", "True", "2023", "False", "2100", "False"]),
        ("gcd|find_gcd|greatest_common_divisor", 2, ["12, 18", "6", "7, 5", "1", "20, 5", "5", "9, 27", "9"]),
        ("lcm|find_lcm", 2, ["4, 6", "12", "3, 5", "15", "7, 7", "7"]),
        ("power|my_pow|exponent|raise_power|pow_num", 2, ["2, 3", "8", "5, 1", "5", "3, 2", "9", "2, 5", "32"]),
        ("sum_digits|digit_sum|sum_of_digits|add_digits", 1, ["123", "6", "905", "14", "7", "7"]),
        ("count_digits|num_digits|digit_count", 1, ["123", "3", "9", "1", "1000", "4"]),
        ("sum_to_n|sum_to|sum_n|sum_up_to|sum_of_n|sum_numbers|sum_range", 1, ["5", "15", "1", "1", "10", "55"]),
        ("sum_even|sum_evens|even_sum|sum_of_evens|sum_even_numbers|sum_of_even", 1, ["[1, 2, 3, 4]", "6", "[5]", "0", "[2, 8, 3]", "10"]),
        ("sum_odd|sum_odds|odd_sum|sum_of_odds|sum_odd_numbers", 1, ["[1, 2, 3, 4]", "4", "[5]", "5", "[2, 8]", "0"]),
        ("sum_of_squares|sum_squares", 1, ["[1, 2, 3]", "14", "[4]", "16"]),
        ("sum_of_squares|sum_squares", 1, ["3", "14", "4", "30", "1", "1"]),
        ("count_even|count_evens|even_count|count_even_numbers", 1, ["[1, 2, 3, 4]", "2", "[5]", "0", "[2, 8, 4]", "3"]),
        ("get_evens|filter_even|evens|even_numbers|filter_evens|get_even_numbers|only_evens|find_evens", 1, ["[1, 2, 3, 4]", "[2, 4]", "[5]", "[]", "[2, 8]", "[2, 8]"]),
        ("remove_duplicates|unique|dedupe|remove_dups|unique_list|remove_dupes|get_unique", 1, ["[1, 2, 2, 3, 1]", "[1, 2, 3]", "[4, 4, 4]", "[4]", "[1]", "[1]"]),
        ("count_words|word_count|num_words", 1, ["'the cat sat'", "3", "'hello'", "1", "'a b a b'", "4"]),
        ("count_words|word_count|word_frequency|word_freq|count_word_frequency|word_counts", 1, ["'a b a'", "{'a': 2, 'b': 1}", "'hi'", "{'hi': 1}"]),
        ("count_letters|letter_count|char_count|char_frequency|letter_frequency|count_chars|count_characters|character_count|frequency", 1, ["'aab'", "{'a': 2, 'b': 1}", "'x'", "{'x': 1}"]),
        ("absolute|absolute_value|my_abs|abs_value", 1, ["-3", "3", "4", "4", "0", "0"]),
        ("fizzbuzz|fizz_buzz", 1, ["3", "'Fizz'", "5", "'Buzz'", "15", "'FizzBuzz'", "30", "'FizzBuzz'", "9", "'Fizz'", "10", "'Buzz'"]),
        ("bubble_sort|sort_list|my_sort|insertion_sort|selection_sort|bubblesort|merge_sort|quick_sort|quicksort|mergesort", 1, ["[3, 1, 2]", "[1, 2, 3]", "[5, 4, 3, 2, 1]", "[1, 2, 3, 4, 5]", "[1]", "[1]", "[2, 1, 2]", "[1, 2, 2]"]),
        ("linear_search|search|find_index|binary_search|index_of", 2, ["[1, 3, 5, 7], 5", "2", "[1, 3, 5, 7], 1", "0", "[1, 3, 5, 7], 7", "3", "[1, 3, 5, 7], 4", "-1"]),
        ("second_largest|find_second_largest|second_max|second_highest", 1, ["[1, 5, 3]", "3", "[9, 2, 7, 4]", "7", "[1, 2, 3]", "2"]),
        ("search|search_insert|insert_position|find_position|insertion_index", 2, ["42, [-5, 1, 3, 5, 7, 10]", "6", "1, [1, 5, 10]", "0", "7, [1, 5, 10]", "2", "10, [1, 5, 10]", "2", "42, []", "0"]),
        ("remove_extras|remove_repeats|remove_repeated|no_duplicates|without_duplicates|delete_duplicates|remove_duplicate|drop_duplicates", 1, ["[1, 1, 1, 2, 3]", "[1, 2, 3]", "[1, 5, 1, 1, 3, 2]", "[1, 5, 3, 2]", "[3, 4, 5, 1, 3]", "[3, 4, 5, 1]", "[]", "[]"]),
        ("top_k|k_largest|largest_k|top_n|n_largest|largest_n|k_biggest|biggest_k", 2, ["[9, 8, 4, 5, 7, 2, 3, 1, 6], 5", "[9, 8, 7, 6, 5]", "[4, 5, 2, 3, 1, 6], 3", "[6, 5, 4]", "[4, 4, 2], 2", "[4, 4]", "[3], 1", "[3]"]),
        ("sort_age|sort_by_age|sort_ages|sort_people|oldest_first", 1, ["[('F', 19)]", "[('F', 19)]", "[('M', 35), ('F', 18), ('M', 23), ('F', 19), ('M', 30), ('M', 17)]", "[('M', 35), ('M', 30), ('M', 23), ('F', 19), ('F', 18), ('M', 17)]", "[]", "[]"]),
        ("unique_day", 2, ["'15', (('May', '15'), ('May', '16'), ('June', '16'))", "True", "'16', (('May', '15'), ('May', '16'), ('June', '16'))", "False", "'20', (('May', '15'), ('May', '16'))", "False", "'10', (('May', '15'), ('June', '16'))", "False", "'16', (('May', '15'), ('June', '16'))", "True"]),
        ("unique_month", 2, ["'June', (('May', '15'), ('May', '16'), ('June', '16'))", "True", "'May', (('May', '15'), ('May', '16'), ('June', '16'))", "False", "'July', (('May', '15'), ('June', '16'))", "False", "'April', (('May', '15'), ('June', '16'))", "False"]),
        ("contains_unique_day", 2, ["'May', (('May', '15'), ('May', '16'), ('June', '16'))", "True", "'June', (('May', '15'), ('May', '16'), ('June', '16'))", "False", "'June', (('May', '15'), ('June', '15'), ('June', '16'))", "True", "'May', (('May', '15'), ('May', '16'))", "True"]),
        ("is_perfect|perfect_number|is_perfect_number", 1, ["6", "True", "28", "True", "8", "False", "12", "False"]),
        ("longest_word|find_longest|find_longest_word", 1, ["'the quick fox'", "'quick'", "'a bb ccc'", "'ccc'", "'long a'", "'long'"]),
        ("longest_word|find_longest|find_longest_word", 1, ["['the', 'quick', 'fox']", "'quick'", "['a', 'bb', 'ccc']", "'ccc'"]),
        ("is_anagram|are_anagrams|anagram|anagrams", 2, ["'listen', 'silent'", "True", "'cat', 'dog'", "False", "'aab', 'abb'", "False"]),
        ("flatten|flatten_list", 1, ["[[1, 2], [3]]", "[1, 2, 3]", "[[4]]", "[4]"]),
        ("square|get_square", 1, ["3", "9", "5", "25", "-2", "4"]),
        ("cube", 1, ["3", "27", "2", "8"]),
    ];

    private const int MostMeanings = 8;

    /// <summary>What is known of the program's functions by their names: the tests of all, once for each of their meanings.</summary>
    public static IReadOnlyList<IReadOnlyList<ProgramRunTest>> TestsFor(PythonProgram program)
    {
        IReadOnlyList<IReadOnlyList<ProgramRunTest>> tests = [];
        foreach (var function in program.Functions.Where(function => function.Class is null && !ValueTypes.IsGenerator(function) && GivesBack(program, function)))
        {
            var name = function.Name.Text.ToLowerInvariant();
            var needed = function.Parameters.Count(parameter => parameter.Default.Count == 0 && !parameter.IsVariadic);
            var meanings = Known
                .Where(row => row.Parameters >= needed && row.Parameters <= function.Parameters.Count && row.Name.Split('|').Contains(name))
                .Select(row => (IReadOnlyList<ProgramRunTest>)[.. row.Pairs.Chunk(2).Select(pair => new ProgramRunTest($"{function.Name.Text}({pair[0]})", pair[1]))])
                .ToList();
            tests = meanings.Count == 0 ? tests
                : tests.Count == 0 ? meanings
                : [.. tests.SelectMany(known => meanings.Select(meaning => (IReadOnlyList<ProgramRunTest>)[.. known, .. meaning])).Take(MostMeanings)];
        }

        return tests;
    }

    // Who prints the result has not been told to hand it back.
    private static bool GivesBack(PythonProgram program, PythonFunction function) =>
        ValueTypes.ReturnsOf(function).Any(statement => program.ContentOf(statement).Value is not null);
}
