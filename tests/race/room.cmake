set(room_properties LABELS "race" TIMEOUT 900)
