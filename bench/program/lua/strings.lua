-- Strings: concatenation, format, patterns, substitution, bytes. Argument: how often.
local times = tonumber(arg[1])

local total = 0
for n = 1, times do
    local parts = {}
    for i = 1, 400 do parts[i] = string.format('%05d:%s', i, ('key' .. i):upper()) end
    local text = table.concat(parts, ' ')
    for number, key in text:gmatch('(%d+):(%w+)') do total = total + tonumber(number) + #key end
    local swapped = text:gsub('(%d+):(%w+)', '%2=%1')
    total = total + #swapped + select(2, text:gsub('[aeiouE]', '*'))
    for i = 1, #text, 3 do total = total + text:byte(i) end
    local at = 1
    while true do
        local from, to = text:find('9:', at, true)
        if not from then break end
        total, at = total + from, to + 1
    end
    total = total + #text:rep(3, ','):reverse():lower() + n
end
print(total)
